import Diagnostics
import Postgres

/// Whether a login may lay the ground, asked beforehand: a server's "permission denied" does not say what would help.
enum MigrationRights {
    /// Throws `database.permission` with the statements that an administrator of the server has to run.
    static func require(_ connection: Connection) throws {
        guard let row = try connection.query(try Migrator.sql("rights").bind()).first else { return }
        let login = try row.text("login")
        let quotedLogin = connection.quotedIdentifier(login)
        let database = connection.quotedIdentifier(try row.text("database_name"))
        let mayCreateRoles = try row.bool("may_create_roles")

        if try row.int("roles") < 4, !mayCreateRoles {
            throw Failure(
                .databasePermission,
                "Login \(login) may not create the roles mainspring_admin, mainspring_job, mainspring_report and "
                    + "mainspring_write.",
                advice: "An administrator of the server runs: psql -v login=\(login) -f config/deploy/roles.sql")
        }
        if try row.bool("has_admin_role"), try !row.bool("is_member"), !mayCreateRoles {
            throw Failure(
                .databasePermission, "Login \(login) does not belong to the role mainspring_admin.",
                advice: "An administrator of the server runs: GRANT mainspring_admin TO \(quotedLogin);")
        }
        if try !row.bool("may_create_schema") {
            throw Failure(
                .databasePermission, "Login \(login) may not create a schema in database \(connection.database).",
                advice: "The database's owner runs: GRANT CREATE ON DATABASE \(database) TO \(quotedLogin);")
        }
        if try !row.bool("may_create_tables") {
            throw Failure(
                .databasePermission, "Login \(login) may not create tables in database \(connection.database).",
                advice: "The database's owner runs: GRANT USAGE, CREATE ON SCHEMA public TO \(quotedLogin) "
                    + "WITH GRANT OPTION;")
        }
    }
}
