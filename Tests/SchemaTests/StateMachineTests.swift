import Postgres
import Schema
import Testing

/// The machines are data; the database and the rules of docs/semantics.md are held to them.
@Suite("State machines")
struct StateMachineTests {
    @Test("the CHECK on the column takes exactly the machine's states, and its default is the initial one")
    func checks() throws {
        try withSeededShop { connection in
            for machine in StateMachine.all {
                let definition = try #require(
                    try value(
                        """
                        SELECT pg_get_constraintdef(oid) FROM pg_constraint
                        WHERE conname = '\(machine.table)_\(machine.column)_check'
                        """, on: connection))
                let states = definition.matches(of: /'([A-Z_]+)'/).map { String($0.1) }
                #expect(states == machine.states, "\(machine.name)")
                let initial = try value(
                    """
                    SELECT column_default FROM information_schema.columns
                    WHERE table_name = '\(machine.table)' AND column_name = '\(machine.column)'
                    """, on: connection)
                #expect(initial == "'\(machine.initial)'::character varying", "\(machine.name)")
            }
        }
    }

    @Test("transitions lead from state to state, and every state can be reached")
    func closed() {
        #expect(StateMachine.all.map(\.name) == ["order", "payment", "approval", "seller", "conversation"])
        for machine in StateMachine.all {
            var reached: Set = [machine.initial]
            for _ in machine.states {
                for transition in machine.transitions where reached.contains(transition.from) {
                    reached.insert(transition.to)
                }
            }
            #expect(reached == Set(machine.states), "\(machine.name)")
            for transition in machine.transitions {
                #expect(machine.states.contains(transition.from) && machine.states.contains(transition.to))
                #expect(transition.from != transition.to)
            }
        }
    }

    /// Every allowed way, written out; all others are refused.
    @Test(
        "only the written ways are allowed",
        arguments: [
            (
                StateMachine.order,
                [
                    "PENDING>CONFIRMED", "CONFIRMED>PROCESSING", "PROCESSING>SHIPPED", "SHIPPED>DELIVERED",
                    "PENDING>CANCELLED", "CONFIRMED>CANCELLED", "PROCESSING>CANCELLED", "SHIPPED>CANCELLED",
                    "DELIVERED>REFUNDED", "CANCELLED>REFUNDED",
                ]
            ),
            (
                StateMachine.payment,
                [
                    "PENDING>PROCESSING", "PENDING>COMPLETED", "PENDING>FAILED", "PENDING>CANCELLED",
                    "PROCESSING>COMPLETED", "PROCESSING>FAILED", "PROCESSING>CANCELLED", "COMPLETED>REFUNDED",
                ]
            ),
            (
                StateMachine.approval,
                [
                    "PENDING>APPROVED", "PENDING>REJECTED", "PENDING>REQUIRES_CHANGES", "REJECTED>PENDING",
                    "REQUIRES_CHANGES>PENDING",
                ]
            ),
            (StateMachine.seller, ["PENDING>VERIFIED", "PENDING>REJECTED"]),
            (StateMachine.conversation, ["ACTIVE>CLOSED", "CLOSED>ACTIVE", "CLOSED>ARCHIVED"]),
        ])
    func ways(machine: StateMachine, expected: [String]) {
        var found: Set<String> = []
        for from in machine.states {
            for to in machine.states where machine.allowed(from: from, to: to) { found.insert("\(from)>\(to)") }
        }
        #expect(found == Set(expected))
        #expect(!machine.allowed(from: "NOWHERE", to: machine.initial))
    }

    @Test("a failed or cancelled payment is completed by a gateway's final word only")
    func finalWord() {
        for from in ["FAILED", "CANCELLED"] {
            #expect(!StateMachine.payment.allowed(from: from, to: "COMPLETED"))
            #expect(StateMachine.payment.allowed(from: from, to: "COMPLETED", by: .gatewayFinalWord))
            #expect(!StateMachine.payment.allowed(from: from, to: "REFUNDED", by: .gatewayFinalWord))
        }
        #expect(StateMachine.payment.allowed(from: "PENDING", to: "COMPLETED", by: .gatewayFinalWord))
    }

    @Test("the diagram shows the beginning, every way and the ends")
    func mermaid() {
        #expect(
            StateMachine.seller.mermaid == """
                stateDiagram-v2
                    direction LR
                    [*] --> PENDING
                    PENDING --> VERIFIED: verify
                    PENDING --> REJECTED: reject
                    VERIFIED --> [*]
                    REJECTED --> [*]

                """)
        #expect(StateMachine.order.finalStates == ["REFUNDED"])
        #expect(StateMachine.conversation.finalStates == ["ARCHIVED"])
        #expect(StateMachine.order.mermaid.contains("SHIPPED --> CANCELLED: parcel refused and returned"))
    }
}
