package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks on a real PostgreSQL who may do what. */
class PostgresTest {
    private static final String APPLICATION = "the-application";
    private static final DatabaseRole SHARED = new DatabaseRole(DatabaseRoles.SHARED, APPLICATION);
    private static final List<ServerSpec> SERVERS = ServerSpec.all(ClusterOptions.DEFAULT, Path.of(""));
    private static final List<DatabaseRole> OWN = new DatabaseRoles(APPLICATION, true).of(SERVERS);
    private static final DatabaseRole MANAGER = OWN.get(0);
    private static final DatabaseRole N1 = OWN.get(1);
    private static final DatabaseRole N2 = OWN.get(2);

    @TempDir
    private Path folder;

    private Postgres postgres;

    @AfterEach
    void stop() {
        if (postgres != null) {
            postgres.stop();
        }
    }

    @Test
    void theOwnerHasAPasswordOfItsOwnAlsoInAFolderOfAnEarlierVersion() throws Exception {
        Path own = folder.resolve("database/owner-password");
        start(List.of(SHARED));
        assertThat(mode(own)).isEqualTo("rw-------");
        assertThat(mode(own.getParent())).isEqualTo("rwx------");
        assertOwnerHasItsOwnPassword();

        // As an earlier version left it.
        sql(postgres.ownerAccess(SHARED), "ALTER ROLE postgres PASSWORD '" + APPLICATION + "'");
        Files.delete(own);
        postgres.stop();
        start(List.of(SHARED));

        assertOwnerHasItsOwnPassword();

        // As if the change had been interrupted after the new password was stored.
        sql(postgres.ownerAccess(SHARED), "ALTER ROLE postgres PASSWORD '" + APPLICATION + "'");
        start(List.of(SHARED));

        assertOwnerHasItsOwnPassword();
    }

    @Test
    void fromElsewhereOnlyTheApplicationsMayComeAndOnlyFromWhereTheyAre() {
        Postgres elsewhere = new Postgres(
                new PostgresBinaries(folder), folder, "10.9.0.254", List.of("10.9.0.1"), 5432, List.of(MANAGER, N1));
        assertThat(elsewhere.admitted())
                .filteredOn(line -> line.startsWith("host"))
                .containsExactly(
                        "host all all 127.0.0.1/32 scram-sha-256",
                        "host craq_manager craq_manager samehost scram-sha-256",
                        "host craq_manager craq_manager 10.9.0.1/32 scram-sha-256",
                        "host craq_node_n1 craq_node_n1 samehost scram-sha-256",
                        "host craq_node_n1 craq_node_n1 10.9.0.1/32 scram-sha-256");
    }

    @Test
    void everyServerHasADatabaseThatNoOtherCanUse() throws SQLException {
        start(OWN.subList(0, 2));
        for (DatabaseRole role : List.of(MANAGER, N1)) {
            sql(postgres.access(role), "CREATE TABLE own (value INT)");
        }
        start(OWN);
        sql(postgres.access(N2), "CREATE TABLE own (value INT)");
        for (DatabaseRole role : OWN) {
            assertKeepsToItself(role);
        }
        sql(postgres.access(N1), "INSERT INTO own VALUES (1)");
    }

    @Test
    void whatTheScriptForOwnServersMakesIsAsSeparate() throws Exception {
        start(List.of(MANAGER));
        DatabaseRole ofScript = new DatabaseRole("craq_node_n9", "it's \"secret\"");
        for (String statement : script(ofScript)) {
            sql(postgres.ownerAccess(MANAGER), statement);
        }
        sql(postgres.access(ofScript), "CREATE TABLE own (value INT)");
        assertThat(value(
                        postgres.access(ofScript),
                        "SELECT datcollate FROM pg_database WHERE datname = current_database()"))
                .isEqualTo("C");
        assertCanNotConnect(ofScript, MANAGER);
        assertCanNotConnect(MANAGER, ofScript);
        assertHasNoPowers(ofScript);
    }

    @Test
    void theRoleThatServersOfAnEarlierVersionShareGoesOnToWork() throws SQLException {
        start(List.of(SHARED));
        sql(postgres.access(SHARED), "CREATE TABLE kept (value INT)");
        sql(postgres.access(SHARED), "INSERT INTO kept VALUES (7)");
        sql(postgres.ownerAccess(SHARED), "GRANT ALL ON DATABASE craq TO PUBLIC");
        postgres.stop();

        start(new DatabaseRoles(APPLICATION, false).of(SERVERS));

        assertThat(value(postgres.access(SHARED), "SELECT value FROM kept")).isEqualTo("7");
        sql(postgres.access(SHARED), "INSERT INTO kept VALUES (8)");
    }

    private void assertKeepsToItself(DatabaseRole role) throws SQLException {
        for (DatabaseRole other : OWN) {
            if (!other.equals(role)) {
                assertCanNotConnect(role, other);
            }
        }
        for (String shared : List.of("postgres", "template1")) {
            DatabaseAccess own = postgres.access(role);
            DatabaseAccess there = new DatabaseAccess(
                    own.url().replace("/" + role.name() + "?", "/" + shared + "?"), own.user(), own.password());
            assertThatThrownBy(() -> connect(there)).isInstanceOf(SQLException.class);
        }
        assertHasNoPowers(role);
    }

    private void assertCanNotConnect(DatabaseRole role, DatabaseRole to) {
        DatabaseAccess there = new DatabaseAccess(postgres.access(to).url(), role.name(), role.password());
        assertThatThrownBy(() -> connect(there))
                .as(role.name() + " at " + to.name())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied for database");
        DatabaseAccess withItsPassword = new DatabaseAccess(postgres.access(to).url(), to.name(), role.password());
        assertThatThrownBy(() -> connect(withItsPassword))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
    }

    private void assertHasNoPowers(DatabaseRole role) throws SQLException {
        DatabaseAccess own = postgres.access(role);
        for (String forbidden : List.of(
                "CREATE DATABASE another",
                "CREATE ROLE another",
                "ALTER ROLE postgres PASSWORD 'x'",
                "SET ROLE postgres",
                "COPY own FROM PROGRAM 'true'",
                "SELECT pg_read_file('/etc/passwd')",
                "SELECT rolpassword FROM pg_authid")) {
            assertThatThrownBy(() -> sql(own, forbidden))
                    .as(role.name() + ": " + forbidden)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    /** Returns the SQL of the script for own servers, without what psql itself does. */
    private static List<String> script(DatabaseRole role) throws IOException {
        return Files.readAllLines(Path.of("postgres", "create.sql")).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("--") && !line.contains("\\"))
                .map(line -> line.replace(":\"role\"", '"' + role.name() + '"')
                        .replace(":'password'", "'" + role.password().replace("'", "''") + "'"))
                .toList();
    }

    private void start(List<DatabaseRole> roles) {
        int port = postgres == null
                ? ClusterPorts.free(1).database()
                : Integer.parseInt(postgres.access(SHARED).url().replaceAll(".*:(\\d+)/.*", "$1"));
        postgres = new Postgres(
                new PostgresBinaries(Installation.in(Installation.home()).postgres()),
                folder.resolve("database"),
                Placement.LOOPBACK,
                List.of(),
                port,
                roles);
        postgres.start();
    }

    private void assertOwnerHasItsOwnPassword() {
        DatabaseAccess application = postgres.access(SHARED);
        assertThatThrownBy(() -> connect(new DatabaseAccess(application.url(), "postgres", APPLICATION)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password");
        assertThatCode(() -> connect(postgres.ownerAccess(SHARED))).doesNotThrowAnyException();
        assertThatCode(() -> connect(application)).doesNotThrowAnyException();
    }

    private static void connect(DatabaseAccess access) throws SQLException {
        DriverManager.getConnection(access.url(), access.user(), access.password())
                .close();
    }

    private static void sql(DatabaseAccess access, String change) throws SQLException {
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                Statement statement = connection.createStatement()) {
            statement.execute(change);
        }
    }

    private static String value(DatabaseAccess access, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
