package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.craq.client.GetOptions;
import org.craq.cluster.ClusterException;
import org.craq.system.Folders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The database is replaced by a copy from before the last writes, and later the right one is put back. */
@ExtendWith(ChainExtension.class)
class RestoredDatabaseIT {
    private static final int LARGE = 30 << 20;

    private final TestChain chain;
    private final Path database;
    private final Path older;
    private final Path right;

    RestoredDatabaseIT(TestChain chain) {
        this.chain = chain;
        this.database = chain.cluster().data().resolve("postgres").resolve("data");
        this.older = database.resolveSibling("data-older");
        this.right = database.resolveSibling("data-right");
    }

    @Test
    void anOlderDatabaseIsRefusedAndCostsNothing() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        put(digests, "restored/before", 1000);
        chain.cluster().down();
        copy(database, older);
        chain.cluster().up();
        put(digests, "restored/large", LARGE);
        put(digests, "restored/small", 500);
        chain.cluster().down();

        Files.move(database, right);
        Files.move(older, database);
        try {
            assertThatThrownBy(() -> chain.cluster().up())
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("the database is older than this node's disk")
                    .hasMessageContaining("Put the right database back")
                    .hasMessageContaining("accept-database");
            chain.cluster().down();
        } finally {
            Folders.delete(database);
            Files.move(right, database);
        }

        chain.cluster().up();
        for (String node : TestChain.NODES) {
            for (Map.Entry<String, String> file : digests.entrySet()) {
                assertThat(digest(file.getKey(), node))
                        .as("%s on %s", file.getKey(), node)
                        .isEqualTo(file.getValue());
            }
            JsonObject storage = chain.status(node).getAsJsonObject("storage");
            assertThat(storage.getAsJsonObject("start").get("segmentsWithGaps").getAsInt())
                    .as("%s", storage)
                    .isZero();
            assertThat(storage.getAsJsonObject("setAside").has("since"))
                    .as("%s", storage)
                    .isFalse();
        }
    }

    private void put(Map<String, String> digests, String name, int length) throws IOException {
        byte[] content = RandomBytes.array(length, length);
        chain.client().put(name, new ByteArrayInputStream(content));
        digests.put(name, Digest.of(content));
    }

    private String digest(String name, String node) throws IOException {
        return Digest.of(
                target -> chain.client().get(name, target, GetOptions.defaults().withNode(node)));
    }

    /** Copies with the permissions that the database requires. */
    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(from)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.copy(
                    file,
                    to.resolve(from.relativize(file)),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    LinkOption.NOFOLLOW_LINKS);
        }
    }
}
