import Diagnostics
import Glibc
import Postgres
import TestSupport
import Testing

@Suite("Connecting")
struct ConnectingTests {
    private static func refusal(_ target: ConnectionTarget) -> PostgresError? {
        #expect(throws: PostgresError.self) { try Connection(target) }
    }

    @Test("a port where nothing listens is unreachable, and says where")
    func refused() throws {
        let target = try ConnectionTarget(url: "postgresql://me:hidden@127.0.0.1:1/shop?connect_timeout=2")
        let error = try #require(Self.refusal(target))
        #expect(error.failure.code == .databaseUnreachable)
        #expect(error.failure.message.contains("127.0.0.1"))
        #expect(error.failure.message.contains("onnection refused"))
        #expect(!error.failure.description.contains("hidden"))
    }

    @Test("a server that does not answer is given up after the timeout")
    func silent() throws {
        // Listens, and never says a word.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                #expect(bind(descriptor, generic, length) == 0)
                #expect(getsockname(descriptor, generic, &length) == 0)
                return UInt16(bigEndian: UnsafeRawPointer(generic).loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            }
        }
        #expect(listen(descriptor, 1) == 0)
        let clock = ContinuousClock()
        let started = clock.now
        let parameters = ["host": "127.0.0.1", "port": "\(port)", "connect_timeout": "1"]
        let error = try #require(Self.refusal(ConnectionTarget(parameters: parameters)))
        #expect(error.failure.code == .databaseUnreachable)
        #expect(error.message.contains("within 1 s"))
        #expect(clock.now - started < .seconds(30))
    }

    @Test("several hosts are tried in turn")
    func severalHosts() throws {
        var target = try TestCluster.target()
        target.parameters["host"] = "/tmp/nowhere," + (target.host ?? "")
        target.parameters["port"] = "5432,5432"
        let connection = try Connection(target)
        #expect(connection.isOpen)
        connection.close()
    }

    @Test("a wrong password is refused, and neither password shows")
    func wrongPassword() throws {
        let target = try TestCluster.target()
        let right = try #require(target.parameters["password"])
        let error = try #require(Self.refusal(target.with(password: "wrong-secret")))
        #expect(error.sqlState == .invalidPassword)
        #expect(error.failure.code == .databaseRefused)
        #expect(error.failure.message.contains("password authentication failed for user \"mainspring\""))
        for text in [error.failure.description, "\(target)", String(reflecting: target), "\(error)"] {
            #expect(!text.contains("wrong-secret"))
            #expect(!text.contains(right))
        }
        var dumped = ""
        dump(target, to: &dumped)
        #expect(!dumped.contains(right))
    }

    @Test("no password at all is refused too")
    func noPassword() throws {
        var target = try TestCluster.target()
        target.parameters["password"] = nil
        target.parameters["passfile"] = "/nonexistent"
        let error = try #require(Self.refusal(target))
        #expect(error.failure.code == .databaseRefused)
    }

    @Test("an unknown database is refused by name")
    func unknownDatabase() throws {
        let error = try #require(Self.refusal(try TestCluster.target().with(database: "nowhere")))
        #expect(error.sqlState == .unknownDatabase)
        #expect(error.failure.code == .databaseRefused)
        #expect(error.failure.message.contains("nowhere"))
    }

    @Test("URLs of every usual scheme are read; what is no PostgreSQL is refused without repeating it")
    func urls() throws {
        for scheme in ["postgres", "postgresql", "postgis", "psql", "PGSQL"] {
            let target = try ConnectionTarget(url: "\(scheme)://me:p%40ss@db.example:5433/shop?sslmode=require")
            #expect(target.parameters["password"] == "p@ss")
            #expect(target.parameters["sslmode"] == "require")
            #expect(target.description == "database shop on db.example:5433 as me")
        }
        #expect(try ConnectionTarget(url: "host=/run/x dbname=shop").host == "/run/x")
        for bad in ["sqlite:///secret.db", "postgresql://me:secret@[::1/shop", "secret words", "mysql://u:secret@h/d"] {
            let failure = #expect(throws: Failure.self) { try ConnectionTarget(url: bad) }
            #expect(failure?.code == .configInvalid)
            #expect(failure?.description.contains("secret") == false)
        }
    }

    @Test("a child process gets the target as PG variables, and no password that a file can give")
    func childEnvironment() throws {
        let target = try TestCluster.target()
        let variables = target.environment
        #expect(variables["PGHOST"] == target.host)
        #expect(variables["PGDATABASE"] == "mainspring")
        #expect(variables["PGPASSFILE"]?.hasSuffix("/passfile") == true)
        #expect(variables["PGPASSWORD"] == nil)
        #expect(try ConnectionTarget(url: "postgres://me:secret@h/d").environment["PGPASSWORD"] == "secret")
    }

    @Test("the environment names a server by DATABASE_URL or PG*, or none")
    func environment() throws {
        #expect(try ConnectionTarget.named(by: [:]) == nil)
        #expect(try ConnectionTarget.named(by: ["PGUSER": "me", "PGDATABASE": "shop"]) == nil)
        #expect(try ConnectionTarget.named(by: ["DATABASE_URL": ""]) == nil)
        let url = try ConnectionTarget.named(by: ["DATABASE_URL": "postgres://h/d", "PGHOST": "other"])
        #expect(url?.parameters == ["host": "h", "dbname": "d"])
        for name in ["PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE"] {
            #expect(try ConnectionTarget.named(by: [name: "1", "PGUSER": "me"])?.user == "me")
        }
    }
}
