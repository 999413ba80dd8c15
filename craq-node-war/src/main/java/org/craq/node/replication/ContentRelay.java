package org.craq.node.replication;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.node.store.StagedContent;
import org.craq.wire.ContentBytes;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Stores content and passes it on to the successor as it arrives, chunk by chunk (cut-through: CRAQ paper section 4.2 names the
 * separation of values and ordering). Calls must not overlap.
 */
public final class ContentRelay {
    private final StagedContent staged;
    private final Optional<PushLink> next;
    private volatile OptionalLong waitingSince = OptionalLong.empty();

    ContentRelay(StagedContent staged, Optional<PushLink> next) {
        this.staged = staged;
        this.next = next;
    }

    /**
     * Takes the next chunk; its checksum is verified before it goes anywhere. On return the bytes are not needed any more.
     *
     * @throws CraqException CHECKSUM_MISMATCH, or STORAGE_FULL, also when a member further down has no room
     */
    public void append(ByteString data, int crc32c) {
        checkRoom();
        int index = staged.size();
        staged.append(ContentBytes.of(data), crc32c);
        next.ifPresent(link -> link.send(index, data, crc32c));
    }

    /**
     * Called before the content is promised a place.
     *
     * @throws CraqException STORAGE_FULL when a member further down has refused it
     */
    public void checkRoom() {
        next.flatMap(PushLink::refusal).ifPresent(refusal -> {
            throw new CraqException(ErrorCode.STORAGE_FULL, refusal.getMessage(), refusal);
        });
    }

    public int chunks() {
        return staged.size();
    }

    /** Runs the step once the next chunk may come: back pressure from the successor reaches the sender. */
    public void whenReady(Runnable step) {
        if (next.isPresent()) {
            waitingSince = OptionalLong.of(System.nanoTime());
            next.get().whenReady(() -> {
                waitingSince = OptionalLong.empty();
                step.run();
            });
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
    void skipSuccessor() {
        next.ifPresent(PushLink::giveUp);
    }

    /** Since when the successor has taken nothing more, by {@link System#nanoTime}; empty while it does. */
    OptionalLong waitingSince() {
        return waitingSince;
    }
}
