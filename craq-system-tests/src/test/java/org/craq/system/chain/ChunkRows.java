package org.craq.system.chain;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.craq.client.FileVersion;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.LocalCluster;

/** Reads from the database what each node has recorded about one version of a file. */
final class ChunkRows {
    private static final String QUERY = "SELECT node_id, state, count(*), min(idx), max(idx), sum(length)"
            + " FROM chunk_metadata WHERE node_id = ? AND file_name = ? AND seq = ? GROUP BY node_id, state ORDER BY state";

    /** The rows of one node in one state. */
    record Holding(String node, String state, long rows, int firstIndex, int lastIndex, long bytes) {}

    private static final String PLACE = "SELECT c.path, c.position FROM chunk_metadata c JOIN file_version v"
            + " ON v.node_id = c.node_id AND v.chunk_id = c.chunk_id"
            + " WHERE c.node_id = ? AND v.file_name = ? AND v.seq = ? AND c.idx = ?";

    /** The position of a chunk's record in a node's segments. */
    record Place(String path, long position) {}

    private final LocalCluster cluster;

    ChunkRows(LocalCluster cluster) {
        this.cluster = cluster;
    }

    Place place(String node, String name, FileVersion version, int index) {
        DatabaseAccess access = cluster.databaseAccess(node);
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                PreparedStatement statement = connection.prepareStatement(PLACE)) {
            statement.setString(1, node);
            statement.setString(2, name);
            statement.setLong(3, version.seq());
            statement.setInt(4, index);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new AssertionError(node + " has no chunk " + index + " of " + name);
                }
                return new Place(row.getString(1), row.getLong(2));
            }
        } catch (SQLException e) {
            throw new AssertionError("the database can't be read", e);
        }
    }

    List<Holding> of(String name, FileVersion version) {
        return cluster.nodes().stream()
                .flatMap(node -> of(node, name, version).stream())
                .toList();
    }

    private List<Holding> of(String node, String name, FileVersion version) {
        DatabaseAccess access = cluster.databaseAccess(node);
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, node);
            statement.setString(2, name);
            statement.setLong(3, version.seq());
            List<Holding> holdings = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    holdings.add(new Holding(
                            row.getString(1),
                            row.getString(2),
                            row.getLong(3),
                            row.getInt(4),
                            row.getInt(5),
                            row.getLong(6)));
                }
            }
            return holdings;
        } catch (SQLException e) {
            throw new AssertionError("the database can't be read", e);
        }
    }
}
