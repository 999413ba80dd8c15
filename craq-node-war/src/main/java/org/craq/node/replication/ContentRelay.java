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
 * Stores one content and forwards it to the successor as it arrives (cut-through). Values thus travel separately from the ordering of
 * writes, as the CRAQ paper suggests in section 4.2. Calls must not overlap.
 */
public final class ContentRelay {
    private static final Logger LOG = System.getLogger(ContentRelay.class.getName());

    /** Longer than the time after which a successor that is stuck is bypassed. */
    private static final long PATIENCE_SECONDS = 60;

    private final StagedContent staged;
    private final IntFunction<Optional<PushSender>> push;
    private final Optional<CarriedContents> carried;
    private Optional<Held> held = Optional.empty();
    private boolean pushing;
    private volatile Optional<PushSender> next = Optional.empty();
    private volatile OptionalLong waitingSince = OptionalLong.empty();

    /** A first chunk that has not been pushed yet. */
    private record Held(ByteBuffer data, int crc32c) {}

    /**
     * Creates a relay that pushes the content if there is a successor to push to.
     *
     * @param push begins the push, given the length of the content's first chunk in bytes
     * @param carried takes a content of one small chunk, which then travels with its entry instead of being pushed
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
     * Stores and forwards the next chunk, which has arrived completely; its checksum is verified first. The caller may reuse the bytes on
     * return, unless the content is so small that it may travel with its entry.
     *
     * @throws CraqException CHECKSUM_MISMATCH, or STORAGE_FULL, also when a member further down the chain has no disk space
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
     * Receives the next chunk, of more than 64 KiB, and forwards its bytes as they arrive. They are forwarded before the checksum is
     * verified here, but the successor verifies it too, so no member stores a damaged chunk.
     *
     * @throws IOException when the chunk does not arrive completely; nothing is stored then
     * @throws CraqException as for a chunk that has arrived completely
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

    /** Called after the last chunk, before the content gets its entry in the log: a content that was not pushed travels with that entry. */
    public void finish() {
        held.ifPresent(first -> carried.ifPresent(
                small -> small.offer(staged.id(), UnsafeByteOperations.unsafeWrap(first.data()), first.crc32c())));
    }

    /**
     * Called before the content gets its entry in the log.
     *
     * @throws CraqException STORAGE_FULL when a member further down the chain has refused the content
     */
    public void checkRoom() {
        next.flatMap(PushSender::refusal).ifPresent(refusal -> {
            throw new CraqException(ErrorCode.STORAGE_FULL, refusal.getMessage(), refusal);
        });
    }

    public int chunks() {
        return staged.size();
    }

    /** Runs the step once the next chunk may be sent here; this passes the successor's back-pressure on to the sender. */
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

    /** Blocks until the next chunk may be sent here. Returns false if that takes too long or the thread is interrupted. */
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

    /** Ends the relay once the content has its entry in the log, or has been pushed here completely; the successor keeps its copy. */
    public void complete() {
        next.ifPresent(PushSender::complete);
        dropCarried();
    }

    private void dropCarried() {
        carried.flatMap(small -> small.take(staged.id()))
                .ifPresent(content -> LOG.log(Level.DEBUG, "content {0} was not sent with its entry", staged.id()));
    }

    /** Ends the relay of a content that will have no entry: every member down the chain discards it. */
    public void abandon() {
        next.ifPresent(PushSender::cancel);
        dropCarried();
        staged.abandon();
    }

    /** Bypasses a successor that is stuck: it will fetch the content. */
    void skipSuccessor() {
        next.ifPresent(PushSender::giveUp);
    }

    /** Returns since when the relay has waited for the successor, by {@link System#nanoTime}; empty if it does not wait. */
    OptionalLong waitingSince() {
        return waitingSince;
    }
}
