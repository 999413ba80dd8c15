package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.Receipt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was stored is still there after all servers have been stopped and started again, and further writes succeed. */
@ExtendWith(ChainExtension.class)
class RestartIT {
    private final TestChain chain;

    RestartIT(TestChain chain) {
        this.chain = chain;
    }

    @Test
    void filesOldVersionsAndDeletesOutliveTheServers() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (int length : List.of(0, 1, 100_000, 1 << 20, (3 << 20) + 9)) {
            String name = "restart/" + length;
            byte[] content = RandomBytes.array(length + 1L, length);
            chain.client().put(name, new ByteArrayInputStream(content));
            digests.put(name, Digest.of(content));
        }
        Receipt old = put("restart/replaced", new byte[] {1});
        put("restart/replaced", new byte[] {2});
        put("restart/deleted", new byte[] {3});
        Receipt last = chain.client().delete("restart/deleted");
        List<String> listed = listed();
        long epoch = chain.client().chain().epoch();

        chain.cluster().down();
        assertThat(chain.cluster().isPartlyUp()).isFalse();
        chain.cluster().up();

        for (String node : TestChain.NODES) {
            GetOptions there = GetOptions.defaults().withNode(node);
            for (Map.Entry<String, String> file : digests.entrySet()) {
                assertThat(digest(file.getKey(), there))
                        .as("%s on %s", file.getKey(), node)
                        .isEqualTo(file.getValue());
            }
            assertThat(digest("restart/replaced", there)).isEqualTo(Digest.of(new byte[] {2}));
            assertThat(digest("restart/replaced", there.withVersion(old.version())))
                    .isEqualTo(Digest.of(new byte[] {1}));
            assertThat(chain.rest()
                            .get(Rest.file(chain.cluster().nodeUrl(node), "restart/deleted"))
                            .status())
                    .isEqualTo(404);
        }
        assertThat(listed()).isEqualTo(listed);
        assertThat(chain.client().chain().epoch()).isGreaterThanOrEqualTo(epoch);

        FileVersion next = put("restart/after", new byte[] {4}).version();
        assertThat(next).isGreaterThan(last.version());
        for (String node : TestChain.NODES) {
            assertThat(digest("restart/after", GetOptions.defaults().withNode(node)))
                    .isEqualTo(Digest.of(new byte[] {4}));
        }
    }

    private Receipt put(String name, byte[] content) throws IOException {
        return chain.client().put(name, new ByteArrayInputStream(content));
    }

    private String digest(String name, GetOptions options) throws IOException {
        return Digest.of(target -> chain.client().get(name, target, options));
    }

    private List<String> listed() {
        List<String> files = new ArrayList<>();
        for (FileInfo file : chain.client().listAll("")) {
            files.add(file.name() + " " + file.version() + " " + file.crc32cHex());
        }
        return files;
    }
}
