package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.craq.client.GetOptions;
import org.craq.cluster.DatabaseAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose rows have disappeared from the database recovers the contents of its own segments. */
@ExtendWith(ChainExtension.class)
class SalvageIT {
    private static final String NODE = "n3";
    private static final int SMALL_FILES = 20;

    private final TestChain chain;

    SalvageIT(TestChain chain) {
        this.chain = chain;
    }

    @Test
    void aNodeThatHasLostItsMetadataTakesMostFromItsOwnSegments() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (int i = 0; i < SMALL_FILES; i++) {
            put(digests, "salvage/small " + i, 1000 + i);
        }
        put(digests, "salvage/large", (5 << 20) + 3);

        chain.cluster().kill(NODE);
        // Too long to travel with its entry, so that the node has to look for it.
        put(digests, "salvage/meanwhile", 200_000);
        forget();
        chain.cluster().start(NODE);

        JsonObject salvage = chain.status(NODE).getAsJsonObject("storage").getAsJsonObject("salvage");
        assertThat(salvage.get("taken").getAsInt()).as("%s", salvage).isGreaterThan(SMALL_FILES);
        assertThat(salvage.get("damaged").getAsInt()).as("%s", salvage).isZero();
        assertThat(salvage.get("lacking").getAsInt()).as("%s", salvage).isPositive();
        for (Map.Entry<String, String> file : digests.entrySet()) {
            assertThat(Digest.of(target -> chain.client()
                            .get(file.getKey(), target, GetOptions.defaults().withNode(NODE))))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
    }

    private void put(Map<String, String> digests, String name, int length) throws IOException {
        byte[] content = RandomBytes.array(length, length);
        chain.client().put(name, new ByteArrayInputStream(content));
        digests.put(name, Digest.of(content));
    }

    /** Deletes everything that the database knows about the node's data. */
    private void forget() {
        DatabaseAccess access = chain.cluster().databaseAccess(NODE);
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password())) {
            for (String table : List.of("chunk_metadata", "file_version", "log_epoch", "replica_state")) {
                try (PreparedStatement statement =
                        connection.prepareStatement("DELETE FROM " + table + " WHERE node_id = ?")) {
                    statement.setString(1, NODE);
                    assertThat(statement.executeUpdate()).as(table).isPositive();
                }
            }
        } catch (SQLException e) {
            throw new AssertionError("the database can't be written", e);
        }
    }
}
