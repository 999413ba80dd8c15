package org.craq.node.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ServedConnection;
import org.craq.node.metrics.NodeMeters;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.v1.PushReply;

/**
 * Receives one content that the predecessor pushes, with rules that are the same for gRPC and the content port: both translate their
 * messages into calls of this class. Calls must not overlap.
 *
 * <p>States: open -> complete | abandoned.
 */
final class IncomingPush {
    private final ContentRelay relay;
    private final OpenRelays open;
    private final NodeMeters meters;
    private boolean ended;

    IncomingPush(ContentRelay relay, OpenRelays open, NodeMeters meters) {
        this.relay = relay;
        this.open = open;
        this.meters = meters;
        open.opened(relay);
    }

    /**
     * Takes the next chunk, which has arrived completely.
     *
     * @throws CraqException INVALID_ARGUMENT when it is not the next one, CHECKSUM_MISMATCH, or the store's error
     */
    void chunk(int index, ByteBuffer data, int crc32c) {
        if (index != relay.chunks()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "chunk " + index + " was received, expected " + relay.chunks());
        }
        int length = data.remaining();
        relay.append(data, crc32c);
        meters.pushed(length);
    }

    /**
     * Takes the next chunk while it arrives.
     *
     * @throws IOException when it does not arrive completely
     * @throws CraqException as for a chunk that has arrived completely
     */
    void chunk(int length, int crc32c, ServedConnection from, ChunkBuffers memory) throws IOException {
        try (ComingChunk chunk = new ComingChunk(memory, length, crc32c)) {
            relay.append(chunk, from);
        }
        meters.pushed(length);
    }

    /** Runs the step once the next chunk may be sent here. */
    void whenReady(Runnable step) {
        relay.whenReady(step);
    }

    /**
     * Blocks until the next chunk may be sent here.
     *
     * @throws CraqException NOT_SERVING when the successor accepts no more
     */
    void awaitReady() {
        if (!relay.awaitReady()) {
            throw new CraqException(ErrorCode.NOT_SERVING, "the successor accepted no more content");
        }
    }

    /**
     * Ends the push after the last chunk. This member keeps the content even if this fails.
     *
     * @throws CraqException STORAGE_FULL when a member further down the chain has no disk space
     */
    PushReply complete() {
        ended = true;
        open.closed(relay);
        relay.complete();
        relay.checkRoom();
        return PushReply.newBuilder().setChunks(relay.chunks()).build();
    }

    /** Ends the push early and discards the content. No effect on a push that is complete. */
    void abandon() {
        if (!ended) {
            ended = true;
            open.closed(relay);
            relay.abandon();
        }
    }
}
