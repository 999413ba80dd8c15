package org.craq.node.uploads;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.craq.core.file.Content;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ServedConnection;
import org.craq.node.files.FileWrites;
import org.craq.node.files.IncomingWrite;
import org.craq.node.files.NewFile;
import org.craq.node.files.UploadPermits;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentChecksum;

/**
 * A streamed write whose bytes become parts of an upload, so that the same write can continue after a break. The trailer, which states
 * length and checksum of the whole, completes the upload. Most methods block while a part becomes durable.
 */
public final class ResumableWrite implements IncomingWrite {
    private static final Logger LOG = System.getLogger(ResumableWrite.class.getName());

    private final FileWrites writes;
    private final ResumableUploads uploads;
    private final UploadPermits permits;
    private final ChunkBuffers memory;
    private final UploadId id;
    private final UploadPlan plan;
    private final String user;
    private final ContentChecksum checksum = new ContentChecksum();
    private long position;
    private volatile Optional<UploadPermits.Permit> permit = Optional.empty();
    private volatile Optional<ResumableUploads.Streamed> upload = Optional.empty();
    private volatile boolean opening;
    private volatile boolean ended;

    /**
     * Begins the resumable writes that clients send to this node. Thread-safe.
     *
     * @param memory buffers for long chunks while they arrive
     */
    public record Receiver(FileWrites writes, ResumableUploads uploads, UploadPermits permits, ChunkBuffers memory) {
        /**
         * Begins a write of which only the header has arrived.
         *
         * @param length of the whole content in bytes
         * @param user who writes; empty if security is off
         * @throws CraqException INVALID_ARGUMENT when an upload can't have this length or this chunk size
         */
        public IncomingWrite begin(NewFile file, long length, String user) {
            return Errors.valid(() -> {
                if (length < 1 || length > UploadPlan.MAX_LENGTH) {
                    throw new IllegalArgumentException(
                            "resumable_length must be 1 to " + UploadPlan.MAX_LENGTH + "; it is " + length);
                }
                if (file.chunkSize() != Content.MAX_CHUNK_SIZE) {
                    throw new IllegalArgumentException(
                            "a resumable write must have chunks of " + Content.MAX_CHUNK_SIZE + " bytes");
                }
                return new ResumableWrite(this, file, length, user);
            });
        }
    }

    private ResumableWrite(Receiver receiver, NewFile file, long length, String user) {
        this.writes = receiver.writes();
        this.uploads = receiver.uploads();
        this.permits = receiver.permits();
        this.memory = receiver.memory();
        this.id = new UploadId(file.writeId().value());
        this.plan = UploadPlan.of(file, length);
        this.user = user;
    }

    @Override
    public void await(Runnable onPermit) {
        writes.headDriver();
        permit = Optional.of(permits.take(user, onPermit));
    }

    @Override
    public boolean waits() {
        return permit.isPresent() && !opening && !ended;
    }

    @Override
    public boolean holdsPermit() {
        return upload.isPresent() && !ended;
    }

    @Override
    public void open() {
        if (ended) {
            return;
        }
        opening = true;
        ResumableUploads.Streamed opened = uploads.stream(id, plan, permits.lent());
        upload = Optional.of(opened);
        position = opened.state().offset();
        checksum.add(opened.state().crc32c(), position);
    }

    @Override
    public Optional<Kept> kept() {
        return upload.map(opened -> {
            UploadState state = opened.state();
            return new Kept(state.offset(), state.plan().complete() ? Optional.empty() : Optional.of(state.crc32c()));
        });
    }

    private ResumableUploads.Streamed opened() {
        return upload.filter(open -> !ended)
                .orElseThrow(() -> new CraqException(ErrorCode.UPLOAD_ABANDONED, "the write is not open"));
    }

    @Override
    public void chunk(long offset, ByteBuffer data, int crc32c) {
        if (offset != position) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a fragment came at offset " + offset + " where " + position + " was due");
        }
        append(data, crc32c);
    }

    @Override
    public void chunk(int length, int crc32c, ServedConnection from) throws IOException {
        PartWriter turn = opened().turn();
        if (length <= UploadPermits.SHORT_BYTES) {
            // Not a pooled buffer: a short content's bytes may be kept until they travel with the entry.
            ByteBuffer bytes = ByteBuffer.allocate(length);
            from.read(bytes);
            append(bytes.flip(), crc32c, from);
            return;
        }
        // It has to arrive before it is passed on: a chunk that breaks off would take with it what came before.
        try (ComingChunk chunk = new ComingChunk(memory, length, crc32c)) {
            chunk.receive(from, turn::moved);
            append(chunk.bytes(), crc32c, from);
        }
    }

    private void append(ByteBuffer bytes, int crc32c, ServedConnection from) {
        from.working(true);
        append(bytes, crc32c);
        from.working(false);
    }

    private void append(ByteBuffer bytes, int crc32c) {
        int size = bytes.remaining();
        if (size > plan.length().orElseThrow() - position) {
            throw new CraqException(ErrorCode.CONTENT_TOO_LARGE, "the content is longer than its header has announced");
        }
        opened().turn().append(bytes, crc32c);
        checksum.add(crc32c, size);
        position += size;
    }

    /** Runs the step at once, as taking a chunk blocks until the next one may come. */
    @Override
    public void whenReady(Runnable step) {
        step.run();
    }

    /** Returns at once, as taking a chunk blocks until the next one may come. */
    @Override
    public void awaitReady() {}

    @Override
    public CompletableFuture<FileWrites.Done> finish(long length, int crc32c) {
        ResumableUploads.Streamed open = opened();
        boolean complete = open.state().plan().complete();
        boolean whole = length == position && length == plan.length().orElseThrow();
        if (!complete && (!whole || crc32c != checksum.value())) {
            discard();
            throw new CraqException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    String.format(
                            "%d bytes with CRC32C %08x arrived, but %d with %08x were announced; the upload was discarded",
                            position, checksum.value(), length, crc32c));
        }
        try {
            return CompletableFuture.completedFuture(uploads.finish(open, length, crc32c));
        } finally {
            end();
        }
    }

    @Override
    public void discard() {
        ResumableUploads.Streamed open = opened();
        end();
        uploads.discard(open);
    }

    @Override
    public void abandon() {
        Optional<ResumableUploads.Streamed> open = upload.filter(each -> !ended);
        ended = true;
        try {
            open.ifPresent(uploads::suspend);
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "the last part of upload " + id + " was not kept", e);
        } finally {
            end();
        }
    }

    private void end() {
        ended = true;
        permit.ifPresent(UploadPermits.Permit::close);
    }
}
