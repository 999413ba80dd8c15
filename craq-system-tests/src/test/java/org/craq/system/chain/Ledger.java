package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.client.CraqClient;
import org.craq.client.Receipt;

/** Files that are written once each: whatever was acknowledged must be there, unchanged, on every node. */
final class Ledger {
    private static final String PREFIX = "ledger/";
    private static final int LENGTH = 1000;

    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, Line> acknowledged = new ConcurrentSkipListMap<>();

    /** What a receipt or a listing states about a file. */
    private record Line(String version, String crc32c, long length) {}

    /** Writes the next file. */
    void write(CraqClient client) throws IOException {
        int number = next.getAndIncrement();
        String name = PREFIX + "%06d".formatted(number);
        byte[] content = RandomBytes.array(number, LENGTH);
        Receipt receipt = client.put(name, new ByteArrayInputStream(content));
        acknowledged.put(name, new Line(receipt.version().toString(), receipt.crc32cHex(), receipt.length()));
    }

    int size() {
        return acknowledged.size();
    }

    /** Compares a node's own listing with what was acknowledged; there must be no concurrent writes. */
    void check(Rest rest, String node, String nodeUrl) {
        Map<String, Line> listed = new TreeMap<>();
        String cursor = "";
        do {
            URI page = URI.create(
                    nodeUrl + "/v1/files?limit=1000&prefix=" + PREFIX + "&cursor=" + Rest.escape(cursor, ""));
            Rest.Answer answer = rest.get(page);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            for (JsonElement file : answer.json().getAsJsonArray("files")) {
                JsonObject entry = file.getAsJsonObject();
                listed.put(
                        entry.get("name").getAsString(),
                        new Line(
                                entry.get("version").getAsString(),
                                entry.get("crc32c").getAsString(),
                                entry.get("length").getAsLong()));
            }
            JsonElement more = answer.json().get("nextCursor");
            cursor = more == null || more.isJsonNull() ? "" : more.getAsString();
        } while (!cursor.isEmpty());
        // A file whose writer was interrupted may exist, too.
        assertThat(listed).as("files on %s", node).containsAllEntriesOf(acknowledged);
    }
}
