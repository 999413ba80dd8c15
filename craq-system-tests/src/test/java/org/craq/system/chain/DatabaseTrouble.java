package org.craq.system.chain;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.LocalDatabase;

/** Causes problems with a cluster's own PostgreSQL, acting as its owner. */
final class DatabaseTrouble {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SESSIONS = " FROM pg_stat_activity WHERE usename LIKE 'craq%'";

    private final LocalCluster cluster;
    private final LocalDatabase database;

    DatabaseTrouble(LocalCluster cluster) {
        this.cluster = cluster;
        this.database = cluster.databaseOf("n1");
    }

    /** Closes all connections, whatever they are doing. */
    long endConnections() {
        return number("SELECT count(pg_terminate_backend(pid))" + SESSIONS);
    }

    /** Makes commits wait, after they have taken place, for a standby that does not exist. */
    void holdCommitsBack() {
        execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
    }

    /**
     * Waits for connections whose commit has taken place without being answered, closes them, and stops delaying
     * commits.
     */
    long endCommittedConnections() {
        String committed = SESSIONS + " AND wait_event = 'SyncRep'";
        await().atMost(PATIENCE).until(() -> number("SELECT count(*)" + committed) >= FaultyChain.NODES.size());
        long ended = number("SELECT count(pg_terminate_backend(pid))" + committed);
        answerCommits();
        return ended;
    }

    void answerCommits() {
        execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
    }

    /** Sets the isolation level of new sessions. */
    void isolate(String level) {
        for (String server : servers()) {
            execute("ALTER ROLE " + cluster.databaseAccess(server).user() + " SET default_transaction_isolation = '"
                    + level + "'");
        }
        endConnections();
    }

    /**
     * Returns each node's log as one line; equal logs have equal lines. The line of a log without gaps begins with
     * {@code whole}.
     */
    Set<String> logs() {
        Set<String> logs = new TreeSet<>();
        FaultyChain.NODES.forEach(node -> logs.addAll(logs(node)));
        return logs;
    }

    private Set<String> logs(String node) {
        String query =
                "SELECT CASE WHEN count(DISTINCT seq) = max(seq) AND max(seq) = (SELECT last_seq FROM replica_state r"
                        + " WHERE r.node_id = v.node_id) THEN 'whole ' ELSE 'gaps ' END || max(seq) || ' '"
                        + " || md5(string_agg(concat_ws('|', seq, file_name, epoch, write_id, crc32c), ',' ORDER BY seq, file_name))"
                        + " FROM file_version v WHERE node_id = '" + node + "' GROUP BY node_id";
        try (Connection connection = connect(node);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            Set<String> logs = new TreeSet<>();
            while (row.next()) {
                logs.add(row.getString(1));
            }
            return logs;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the number of writes that are recorded more than once. */
    long doubleWrites() {
        return FaultyChain.NODES.stream()
                .mapToLong(node -> number(
                        node,
                        "SELECT count(*) FROM (SELECT 1 FROM file_version GROUP BY node_id, write_id, file_name"
                                + " HAVING count(*) > 1) AS doubles"))
                .sum();
    }

    void stop() {
        database.close();
    }

    void start() {
        database.start();
    }

    /** Freezes the processes of the database: connections stay open and nothing is answered. */
    void freeze() throws Exception {
        signal("-STOP");
    }

    void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        ProcessHandle postmaster =
                ProcessHandle.of(cluster.status().databasePid().orElseThrow()).orElseThrow();
        List<String> pids = Stream.concat(Stream.of(postmaster), postmaster.descendants())
                .map(process -> Long.toString(process.pid()))
                .toList();
        List<String> command =
                Stream.concat(Stream.of("kill", signal), pids.stream()).toList();
        // If a process ends in the meantime, kill fails for that process only.
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private long number(String query) {
        return number("n1", query);
    }

    private long number(String node, String query) {
        try (Connection connection = connect(node);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String... statements) {
        try (Connection connection = connect("n1");
                Statement statement = connection.createStatement()) {
            // This session's own commits must not wait.
            statement.execute("SET synchronous_commit = local");
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> servers() {
        return Stream.concat(cluster.managers().stream(), cluster.nodes().stream())
                .toList();
    }

    private Connection connect(String node) throws SQLException {
        DatabaseAccess owner = cluster.databaseOf(node).ownerAccess();
        return DriverManager.getConnection(owner.url() + "&socketTimeout=60", owner.user(), owner.password());
    }
}
