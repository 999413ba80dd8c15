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

/** Reads from the database what each node has recorded of one version of a file. */
final class ChunkRows {
    private static final String QUERY = "SELECT node_id, state, count(*), min(idx), max(idx), sum(length)"
            + " FROM chunk_metadata WHERE file_name = ? AND seq = ? GROUP BY node_id, state ORDER BY node_id, state";

    /** The rows of one node in one state. */
    record Holding(String node, String state, long rows, int firstIndex, int lastIndex, long bytes) {}

    private final DatabaseAccess access;

    ChunkRows(DatabaseAccess access) {
        this.access = access;
    }

    List<Holding> of(String name, FileVersion version) {
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, name);
            statement.setLong(2, version.seq());
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
