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
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks on a real PostgreSQL who may do what. */
class PostgresTest {
    private static final String APPLICATION = "the-application";

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
        start();
        assertThat(mode(own)).isEqualTo("rw-------");
        assertThat(mode(own.getParent())).isEqualTo("rwx------");
        assertOwnerHasItsOwnPassword();

        // As an earlier version left it.
        sql("ALTER ROLE postgres PASSWORD '" + APPLICATION + "'");
        Files.delete(own);
        postgres.stop();
        start();

        assertOwnerHasItsOwnPassword();

        // As if the change had been interrupted after the new password was stored.
        sql("ALTER ROLE postgres PASSWORD '" + APPLICATION + "'");
        start();

        assertOwnerHasItsOwnPassword();
    }

    @Test
    void fromElsewhereOnlyTheApplicationsMayComeAndOnlyFromWhereTheyAre() {
        Postgres elsewhere = new Postgres(
                new PostgresBinaries(folder), folder, "10.9.0.254", List.of("10.9.0.1"), 5432, APPLICATION);
        assertThat(elsewhere.admitted())
                .filteredOn(line -> line.startsWith("host"))
                .containsExactly(
                        "host all all 127.0.0.1/32 scram-sha-256",
                        "host craq craq samehost scram-sha-256",
                        "host craq craq 10.9.0.1/32 scram-sha-256");
    }

    private void start() {
        postgres = new Postgres(
                new PostgresBinaries(Installation.in(Installation.home()).postgres()),
                folder.resolve("database"),
                Placement.LOOPBACK,
                List.of(),
                postgres == null
                        ? ClusterPorts.free(1).database()
                        : Integer.parseInt(postgres.url().replaceAll(".*:(\\d+)/.*", "$1")),
                APPLICATION);
        postgres.start();
    }

    private void assertOwnerHasItsOwnPassword() {
        assertThatThrownBy(() -> connect(new DatabaseAccess(postgres.url(), "postgres", APPLICATION)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password");
        assertThatCode(() -> connect(postgres.ownerAccess())).doesNotThrowAnyException();
        assertThatCode(() -> connect(new DatabaseAccess(postgres.url(), Postgres.ROLE, APPLICATION)))
                .doesNotThrowAnyException();
    }

    private static void connect(DatabaseAccess access) throws SQLException {
        DriverManager.getConnection(access.url(), access.user(), access.password())
                .close();
    }

    private void sql(String change) throws SQLException {
        DatabaseAccess owner = postgres.ownerAccess();
        try (Connection connection = DriverManager.getConnection(owner.url(), owner.user(), owner.password());
                Statement statement = connection.createStatement()) {
            statement.execute(change);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
