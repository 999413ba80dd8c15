package org.craq.node.replication;

import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ServedConnection;
import org.craq.node.store.StagedContent;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Stores content and passes it on to the successor as it arrives (cut-through: CRAQ paper section 4.2 names the
 * separation of values and ordering). Calls must not overlap.
 */
public final class ContentRelay {
    private static final Logger LOG = System.getLogger(ContentRelay.class.getName());

    /** Longer than the time after which a successor that takes nothing is passed over. */
    private static final long PATIENCE_SECONDS = 60;

    private final StagedContent staged;
    private final IntFunction<Optional<PushSender>> push;
    private final Optional<CarriedContents> carried;
    private Optional<Held> held = Optional.empty();
    private boolean pushing;
    private volatile Optional<PushSender> next = Optional.empty();
    private volatile OptionalLong waitingSince = OptionalLong.empty();

    /** A first chunk that is not pushed yet. */
    private record Held(ByteBuffer data, int crc32c) {}

    /**
     * Pushes, if there is a successor to push to.
     *
     * @param push makes a link for content whose first chunk has so many bytes
     * @param carried where a content of one small chunk is left instead, to travel with its entry
     */
    ContentRelay(StagedContent staged, IntFunction<Optional<PushSender>> push, Optional<CarriedContents> carried) {
        this.staged = staged;
        this.push = push;
        this.carried = carried;
    }

    private void push(int firstBytes) {
        if (!pushing) {
            pushing = true;
            next = push.apply(firstBytes);
            held.ifPresent(first -> next.ifPresent(link -> link.send(0, first.data(), first.crc32c())));
            held = Optional.empty();
        }
    }

    /**
     * Takes the next chunk, all of which is there; its checksum is verified before it goes anywhere. On return the bytes
     * are not needed any more, unless they are so few that they may travel with the entry.
     *
     * @throws CraqException CHECKSUM_MISMATCH, or STORAGE_FULL, also when a member further down has no room
     */
    public void append(ByteBuffer data, int crc32c) {
        checkRoom();
        int index = staged.size();
        staged.append(data, crc32c);
        if (index == 0 && carried.isPresent() && data.remaining() <= CarriedContents.LARGEST_BYTES) {
            held = Optional.of(new Held(data, crc32c));
            return;
        }
        push(data.remaining());
        next.ifPresent(link -> link.send(index, data, crc32c));
    }

    /**
     * Takes the next chunk, of more than 64 KiB, and passes on what of it has come before the rest is there: the successor holds it against
     * its checksum as well, so nobody stores what is not sound.
     *
     * @throws IOException when it does not come whole; nothing is stored then
     * @throws CraqException as for a chunk that is all there
     */
    public void append(ComingChunk chunk, ServedConnection connection) throws IOException {
        checkRoom();
        int index = staged.size();
        push(chunk.length());
        Optional<PushSender> afterwards = next.filter(link -> !link.sendOn(chunk));
        chunk.receive(connection, staged::comes);
        staged.append(chunk.bytes(), chunk.crc32c());
        afterwards.ifPresent(link -> link.send(index, chunk.bytes(), chunk.crc32c()));
    }

    /** No more chunks come, and the content is to be given a place: what was not pushed travels with the entry. */
    public void finish() {
        held.ifPresent(first -> carried.ifPresent(
                small -> small.offer(staged.id(), UnsafeByteOperations.unsafeWrap(first.data()), first.crc32c())));
    }

    /**
     * Called before the content is promised a place.
     *
     * @throws CraqException STORAGE_FULL when a member further down has refused it
     */
    public void checkRoom() {
        next.flatMap(PushSender::refusal).ifPresent(refusal -> {
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

    /** For callers that have a thread to wait with: true once the next chunk may come, false when that took too long. */
    public boolean awaitReady() {
        CountDownLatch ready = new CountDownLatch(1);
        whenReady(ready::countDown);
        try {
            return ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The entry has its place: the successor's copy stays. */
    public void complete() {
        next.ifPresent(PushSender::complete);
        dropCarried();
    }

    private void dropCarried() {
        carried.flatMap(small -> small.take(staged.id()))
                .ifPresent(content -> LOG.log(Level.DEBUG, "nobody took content {0} with its entry", staged.id()));
    }

    /** The upload will have no entry: nothing of it stays, here or further down. */
    public void abandon() {
        next.ifPresent(PushSender::cancel);
        dropCarried();
        staged.abandon();
    }

    /** Stops waiting for a successor that is stuck. */
    void skipSuccessor() {
        next.ifPresent(PushSender::giveUp);
    }

    /** Since when the successor has taken nothing more, by {@link System#nanoTime}; empty while it does. */
    OptionalLong waitingSince() {
        return waitingSince;
    }
}
