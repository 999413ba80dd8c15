package org.craq.cluster.cli;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.craq.cluster.ClusterException;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.LocalCluster;

/** Reads from the database what each node has recorded about one version of a file. */
final class MetadataRows {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String QUERY = "SELECT node_id, state, count(*), sum(length) FROM chunk_metadata"
            + " WHERE node_id = ? AND chain_id = ? AND file_name = ? AND seq = ? GROUP BY node_id, state ORDER BY state";

    /** The chunks of one node that are in one state (DIRTY or CLEAN). */
    record Holding(String nodeId, String state, long chunks, long bytes) {}

    private final LocalCluster cluster;

    MetadataRows(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Returns what the nodes have recorded. The state column lags behind the commit mark, so this waits a moment for
     * it.
     */
    List<Holding> awaitClean(String chainId, String name, long seq) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<Holding> holdings = read(chainId, name, seq);
        while (holdings.stream().anyMatch(holding -> !holding.state().equals("CLEAN"))
                && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(100);
            holdings = read(chainId, name, seq);
        }
        return holdings;
    }

    private List<Holding> read(String chainId, String name, long seq) {
        return cluster.nodes().stream()
                .flatMap(node -> read(node, chainId, name, seq).stream())
                .toList();
    }

    private List<Holding> read(String node, String chainId, String name, long seq) {
        DatabaseAccess access = cluster.databaseAccess(node);
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, node);
            statement.setString(2, chainId);
            statement.setString(3, name);
            statement.setLong(4, seq);
            List<Holding> holdings = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    holdings.add(new Holding(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)));
                }
            }
            return holdings;
        } catch (SQLException e) {
            throw new ClusterException("The database can't be read: " + e.getMessage(), e);
        }
    }
}
