/// The states of one column and the ways between them, as data (docs/semantics.md, “State machines”).
///
/// Write paths and repairs obey it; a reconciliation never jumps a state. The CHECK on the column lists the same states
/// (a test holds the database to it), and the diagram in the documentation is drawn from it.
package struct StateMachine: Sendable, Equatable {
    /// Whose word a transition needs.
    package enum Authority: Sendable, Equatable {
        /// A write path, on behalf of whoever may run it.
        case writePath
        /// A gateway's final word, and nothing less: a late authorization.
        case gatewayFinalWord
    }

    /// One way from a state to another.
    package struct Transition: Sendable, Equatable {
        package let from: String
        package let to: String
        /// What happens, in the words of the write paths.
        package let event: String
        package let authority: Authority
    }

    /// What the machine is about: `order`, `payment`, `approval`, `seller`, `conversation`.
    package let name: String
    /// The table of the shop, in the schema `public`.
    package let table: String
    package let column: String
    /// Every state, in the document's order.
    package let states: [String]
    /// The state that a new row has, which is the column's default too.
    package let initial: String
    package let transitions: [Transition]

    /// Whether a row may go from one state to the other, on the word of `authority`. Staying is no transition.
    package func allowed(from: String, to: String, by authority: Authority = .writePath) -> Bool {
        transitions.contains { transition in
            transition.from == from && transition.to == to
                && (transition.authority == .writePath || transition.authority == authority)
        }
    }

    /// The states that nothing leads out of.
    package var finalStates: [String] {
        states.filter { state in !transitions.contains { $0.from == state } }
    }

    /// A Mermaid state diagram of the machine, for the documentation.
    package var mermaid: String {
        var lines = ["stateDiagram-v2", "    direction LR", "    [*] --> \(initial)"]
        for transition in transitions {
            lines.append("    \(transition.from) --> \(transition.to): \(transition.event)")
        }
        for state in finalStates { lines.append("    \(state) --> [*]") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension StateMachine {
    /// Ways from several states to one, by one event.
    fileprivate static func ways(
        _ from: [String], to: String, _ event: String, authority: Authority = .writePath
    ) -> [Transition] {
        from.map { Transition(from: $0, to: to, event: event, authority: authority) }
    }

    /// An order's way from the basket to the door, and back (schema document, section 7.1).
    package static let order = StateMachine(
        name: "order", table: "orders", column: "order_status",
        states: ["PENDING", "CONFIRMED", "PROCESSING", "SHIPPED", "DELIVERED", "CANCELLED", "REFUNDED"],
        initial: "PENDING",
        transitions: ways(["PENDING"], to: "CONFIRMED", "confirm")
            + ways(["CONFIRMED"], to: "PROCESSING", "start processing")
            + ways(["PROCESSING"], to: "SHIPPED", "ship")
            + ways(["SHIPPED"], to: "DELIVERED", "deliver")
            + ways(["PENDING", "CONFIRMED", "PROCESSING"], to: "CANCELLED", "cancel, pieces go back")
            + ways(["SHIPPED"], to: "CANCELLED", "parcel refused and returned")
            + ways(["DELIVERED", "CANCELLED"], to: "REFUNDED", "refund"))

    /// A payment attempt (schema document, section 8.2). A partial refund stays COMPLETED.
    package static let payment = StateMachine(
        name: "payment", table: "payments", column: "payment_status",
        states: ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "REFUNDED", "CANCELLED"],
        initial: "PENDING",
        transitions: ways(["PENDING"], to: "PROCESSING", "gateway takes it up")
            + ways(["PENDING", "PROCESSING"], to: "COMPLETED", "capture")
            + ways(["PENDING", "PROCESSING"], to: "FAILED", "decline")
            + ways(["PENDING", "PROCESSING"], to: "CANCELLED", "cancel")
            + ways(["COMPLETED"], to: "REFUNDED", "refund in full")
            + ways(["FAILED", "CANCELLED"], to: "COMPLETED", "late authorization", authority: .gatewayFinalWord))

    /// A listing's approval (schema document, sections 5.3 and 19.3). Submitting a DRAFT product starts it; approval
    /// makes the product ACTIVE.
    package static let approval = StateMachine(
        name: "approval", table: "products", column: "approval_status",
        states: ["PENDING", "APPROVED", "REJECTED", "REQUIRES_CHANGES"],
        initial: "PENDING",
        transitions: ways(["PENDING"], to: "APPROVED", "approve")
            + ways(["PENDING"], to: "REJECTED", "reject")
            + ways(["PENDING"], to: "REQUIRES_CHANGES", "request changes")
            + ways(["REJECTED", "REQUIRES_CHANGES"], to: "PENDING", "submit again"))

    /// A seller's verification (schema document, section 2.3): only a VERIFIED seller opens a store or lists.
    package static let seller = StateMachine(
        name: "seller", table: "sellers", column: "verification_status",
        states: ["PENDING", "VERIFIED", "REJECTED"],
        initial: "PENDING",
        transitions: ways(["PENDING"], to: "VERIFIED", "verify") + ways(["PENDING"], to: "REJECTED", "reject"))

    /// A chat between a customer and a seller (schema document, section 10.1).
    package static let conversation = StateMachine(
        name: "conversation", table: "chat_conversations", column: "status",
        states: ["ACTIVE", "CLOSED", "ARCHIVED"],
        initial: "ACTIVE",
        transitions: ways(["ACTIVE"], to: "CLOSED", "close")
            + ways(["CLOSED"], to: "ACTIVE", "new message")
            + ways(["CLOSED"], to: "ARCHIVED", "archive"))

    /// Every machine.
    package static let all: [StateMachine] = [order, payment, approval, seller, conversation]
}
