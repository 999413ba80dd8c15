package org.craq.node.replication;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.craq.node.store.StagedContent;

/**
 * Stores content and passes it on to the successor as it arrives, chunk by chunk (cut-through: CRAQ paper section 4.2 names the
 * separation of values and ordering). Calls must not overlap.
 */
public final class ContentRelay {
    private final StagedContent staged;
    private final Optional<PushLink> next;
    private volatile long lastProgress = System.nanoTime();

    ContentRelay(StagedContent staged, Optional<PushLink> next) {
        this.staged = staged;
        this.next = next;
    }

    /** Takes the next chunk; its checksum is verified before it goes anywhere. */
    public void append(ByteString data, int crc32c) {
        int index = staged.size();
        staged.append(data.asReadOnlyByteBuffer(), crc32c);
        next.ifPresent(link -> link.send(index, data, crc32c));
        lastProgress = System.nanoTime();
    }

    public int chunks() {
        return staged.size();
    }

    /** Runs the step once the next chunk may come: back pressure from the successor reaches the sender. */
    public void whenReady(Runnable step) {
        if (next.isPresent()) {
            next.get().whenReady(step);
        } else {
            step.run();
        }
    }

    /** The entry has its place: the successor's copy stays. */
    public void complete() {
        next.ifPresent(PushLink::complete);
    }

    /** The upload will have no entry: nothing of it stays, here or further down. */
    public void abandon() {
        next.ifPresent(PushLink::cancel);
        staged.abandon();
    }

    /** Stops waiting for a successor that is stuck. */
    public void skipSuccessor() {
        next.ifPresent(PushLink::giveUp);
    }

    /** When the last chunk came, by {@link System#nanoTime}. */
    public long lastProgress() {
        return lastProgress;
    }
}
