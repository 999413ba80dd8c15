package org.craq.node.replication;

import com.google.protobuf.ByteString;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.craq.core.file.ContentId;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.v1.CarriedContent;

/**
 * Small contents that wait for their entry, to travel with it to the successor. A push would be a call of its own, which costs more
 * than the bytes do. Bounded: the oldest go first, and who does not get them fetches them. Thread-safe.
 */
final class CarriedContents {
    /** Longer contents are pushed. */
    static final int LARGEST_BYTES = ContentConnection.SHORT_BYTES;

    private static final long MOST_BYTES = 16 << 20;

    private final Map<ContentId, CarriedContent> waiting = new LinkedHashMap<>();
    private long bytes;

    /** Keeps the one chunk of a content, whose checksum has been verified. */
    synchronized void offer(ContentId id, ByteString data, int crc32c) {
        take(id);
        waiting.put(
                id,
                CarriedContent.newBuilder()
                        .setChunkId(id.toString())
                        .setData(data)
                        .setCrc32C(crc32c)
                        .build());
        bytes += data.size();
        Iterator<CarriedContent> oldest = waiting.values().iterator();
        while (bytes > MOST_BYTES) {
            bytes -= oldest.next().getData().size();
            oldest.remove();
        }
    }

    /** Gives a content away; it is not kept any longer. */
    synchronized Optional<CarriedContent> take(ContentId id) {
        Optional<CarriedContent> taken = Optional.ofNullable(waiting.remove(id));
        taken.ifPresent(content -> bytes -= content.getData().size());
        return taken;
    }
}
