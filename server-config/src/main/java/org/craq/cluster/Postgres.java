package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.client.FailureReason;

/**
 * A PostgreSQL server in a folder of its own, without any installation. It outlives the process that started it. It is
 * durable: after each start, the server is asked whether it forces commits to disk.
 */
final class Postgres {
    private static final String OWNER = "postgres";
    /** SQLSTATE invalid_password. */
    private static final String WRONG_PASSWORD = "28P01";

    private static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final PostgresBinaries binaries;
    private final Path folder;
    private final Path data;
    private final String host;
    private final List<String> clients;
    private final int port;
    private final List<DatabaseRole> roles;
    private final OwnerPassword owner;

    /**
     * Describes a server; starts nothing.
     *
     * @param clients addresses of other hosts, or of other network namespaces, from which the applications connect
     * @param roles of the applications, at least one
     */
    Postgres(
            PostgresBinaries binaries,
            Path folder,
            String host,
            List<String> clients,
            int port,
            List<DatabaseRole> roles) {
        this.binaries = binaries;
        this.folder = folder;
        this.data = folder.resolve("data");
        this.owner = new OwnerPassword(folder.resolve("owner-password"));
        this.host = host;
        this.clients = List.copyOf(clients);
        this.port = port;
        this.roles = List.copyOf(roles);
    }

    Path log() {
        return folder.resolve("postgres.log");
    }

    /** Returns how an application connects that has this role. */
    DatabaseAccess access(DatabaseRole role) {
        return new DatabaseAccess(url(role), role.name(), role.password());
    }

    /** Returns how the owner of the server connects to the database of a role. */
    DatabaseAccess ownerAccess(DatabaseRole role) {
        return new DatabaseAccess(url(role), OWNER, owner.read());
    }

    private String url(DatabaseRole role) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + role.name() + "?reWriteBatchedInserts=true";
    }

    /** Returns the running server, found by the file that it keeps in its data directory. */
    Optional<ProcessRef> process() {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        try {
            // Line 1 is the pid, line 3 the start time in seconds.
            List<String> lines = Files.readAllLines(pidFile);
            if (lines.size() < 3) {
                return Optional.empty();
            }
            long pid = Long.parseLong(lines.get(0).strip());
            long started = Long.parseLong(lines.get(2).strip()) * 1000;
            return Optional.of(new ProcessRef(pid, started)).filter(ProcessRef::alive);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Starts the server, creating the data directory the first time, and verifies that it is durable. */
    void start() {
        try {
            Directories.createOwnerOnly(folder);
        } catch (IOException e) {
            throw new ClusterException("The database's folder " + folder + " can't be made private: " + e, e);
        }
        if (process().isEmpty()) {
            create();
            configure();
            launch();
        }
        prepareDatabase();
        requireDurable();
    }

    /**
     * Closes open connections and stops the server. If it does not stop in time, it is killed and recovers at its next
     * start.
     */
    void stop() {
        process().ifPresent(process -> {
            process.signal("INT");
            if (!process.awaitEnd(STOP_LIMIT)) {
                process.signal("QUIT");
                process.awaitEnd(STOP_LIMIT);
            }
        });
    }

    private void create() {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        try {
            Directories.delete(data);
            owner.make();
            run(
                    "initdb",
                    "-D",
                    data.toString(),
                    "-U",
                    OWNER,
                    "--encoding=UTF8",
                    "--locale=C",
                    "--auth=scram-sha-256",
                    "--pwfile=" + owner.file());
        } catch (IOException e) {
            throw new ClusterException("The database can't be created in " + data + ": " + FailureReason.ofFile(e), e);
        }
    }

    private void configure() {
        List<String> lines = new ArrayList<>();
        lines.add("# Written at each start.");
        // This process always connects to 127.0.0.1.
        lines.add("listen_addresses = '127.0.0.1" + (elsewhere() ? "," + host : "") + "'");
        lines.add("port = " + port);
        // The path of a socket file is limited to about 100 characters, and nothing here needs one.
        lines.add("unix_socket_directories = ''");
        lines.add("max_connections = 200");
        lines.add("shared_buffers = '64MB'");
        lines.add("log_timezone = 'UTC'");
        DURABLE.forEach((name, value) -> lines.add(name + " = " + value));
        try {
            Files.write(data.resolve("craq.conf"), lines);
            Files.write(data.resolve("pg_hba.conf"), admitted());
            Path main = data.resolve("postgresql.conf");
            String include = "include = 'craq.conf'";
            if (!Files.readString(main).contains(include)) {
                Files.writeString(main, Files.readString(main) + "\n" + include + "\n");
            }
        } catch (IOException e) {
            throw new ClusterException(
                    "The database can't be configured in " + data + ": " + FailureReason.ofFile(e), e);
        }
    }

    private boolean elsewhere() {
        return !host.equals(Placement.LOOPBACK);
    }

    /**
     * Returns who may connect, always with a password: from other addresses, only the applications, and only from their
     * hosts.
     */
    List<String> admitted() {
        List<String> lines = new ArrayList<>();
        lines.add("# Written at each start.");
        lines.add("host all all 127.0.0.1/32 scram-sha-256");
        if (elsewhere()) {
            for (DatabaseRole role : roles) {
                String application = "host " + role.name() + " " + role.name() + " ";
                lines.add(application + "samehost scram-sha-256");
                clients.forEach(client -> lines.add(application + client + "/32 scram-sha-256"));
            }
        }
        return lines;
    }

    private void launch() {
        try {
            // The process that wrote the file no longer exists, as process() has checked; its pid may now belong to
            // another process.
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            run(
                    "pg_ctl",
                    "start",
                    "-w",
                    "-s",
                    "-t",
                    Long.toString(START_LIMIT.toSeconds()),
                    "-D",
                    data.toString(),
                    "-l",
                    log().toString());
        } catch (ClusterException e) {
            throw new ClusterException("PostgreSQL does not start. " + LogExcerpt.of(log()), e);
        } catch (IOException e) {
            throw new ClusterException("PostgreSQL does not start: " + FailureReason.ofFile(e), e);
        }
        if (process().isEmpty()) {
            throw new ClusterException("PostgreSQL ended right after its start. " + LogExcerpt.of(log()));
        }
    }

    private void prepareDatabase() {
        try (Connection connection = connectAsOwner();
                Statement statement = connection.createStatement()) {
            // By default every role may connect to every database, and use disk space there for temporary tables.
            statement.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC");
            for (DatabaseRole role : roles) {
                prepare(statement, role);
            }
        } catch (SQLException e) {
            throw new ClusterException(
                    "The database can't be prepared: " + e.getMessage() + "\n" + LogExcerpt.of(log()), e);
        }
    }

    private static void prepare(Statement statement, DatabaseRole role) throws SQLException {
        if (isEmpty(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role.name() + "'")) {
            statement.execute("CREATE ROLE " + role.name() + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '"
                    + role.password() + "'");
        }
        if (isEmpty(statement, "SELECT 1 FROM pg_database WHERE datname = '" + role.name() + "'")) {
            statement.execute("CREATE DATABASE " + role.name() + " OWNER " + role.name());
        }
        statement.execute("REVOKE ALL ON DATABASE " + role.name() + " FROM PUBLIC");
    }

    private void requireDurable() {
        try (Connection connection = connectAsOwner();
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> setting : DURABLE.entrySet()) {
                try (ResultSet row = statement.executeQuery("SHOW " + setting.getKey())) {
                    if (!row.next() || !row.getString(1).equals(setting.getValue())) {
                        throw new ClusterException("PostgreSQL runs without durability: " + setting.getKey() + " is "
                                + row.getString(1) + ". Look for other settings in " + data + ".");
                    }
                }
            }
        } catch (SQLException e) {
            throw new ClusterException("PostgreSQL does not report its settings: " + e.getMessage(), e);
        }
    }

    private Connection connectAsOwner() throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?loginTimeout=10&socketTimeout=30";
        try {
            String own = owner.read();
            if (!own.isEmpty()) {
                return DriverManager.getConnection(url, OWNER, own);
            }
        } catch (SQLException e) {
            if (!WRONG_PASSWORD.equals(e.getSQLState())) {
                throw e;
            }
        }
        return giveOwnerItsPassword(
                DriverManager.getConnection(url, OWNER, roles.get(0).password()));
    }

    /** Gives the owner a password of its own; in a folder of an earlier version it has that of the applications' role. */
    private Connection giveOwnerItsPassword(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // The password is stored first: if this is interrupted, the next start repeats it.
            String own = owner.make();
            statement.execute("ALTER ROLE " + OWNER + " PASSWORD '" + own + "'");
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static boolean isEmpty(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return !rows.next();
        }
    }

    private void run(String program, String... arguments) {
        binaries.unpack();
        List<String> command = new ArrayList<>(binaries.withoutRoot());
        command.add(binaries.program(program).toString());
        command.addAll(List.of(arguments));
        Commands.run(command, Map.of("LC_ALL", "C", "TZ", "UTC"));
    }
}
