package org.craq.node.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ServedConnection;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ChunkBuffers;

/** A streamed write that is stored as a whole, or not at all: one that is not finished leaves nothing behind. */
public final class WholeWrite implements IncomingWrite {
    private final FileWrites writes;
    private final Appends appends;
    private final UploadPermits permits;
    private final ChunkBuffers memory;
    private final NewFile file;
    private final boolean adds;
    private final String user;
    /** The permit that the client has asked for; one that is taken without being asked for belongs to the upload. */
    private volatile Optional<UploadPermits.Permit> permit = Optional.empty();

    private volatile Optional<Upload> upload = Optional.empty();
    private volatile boolean ended;

    /**
     * Begins the writes that clients send to this node. Thread-safe.
     *
     * @param memory buffers for long chunks while they arrive
     */
    public record Receiver(FileWrites writes, Appends appends, UploadPermits permits, ChunkBuffers memory) {
        /**
         * Begins a write of which only the header has arrived.
         *
         * @param adds whether its bytes are appended to the file
         * @param user who writes; empty if security is off
         */
        public IncomingWrite begin(NewFile file, boolean adds, String user) {
            return new WholeWrite(this, file, adds, user);
        }
    }

    private WholeWrite(Receiver receiver, NewFile file, boolean adds, String user) {
        this.writes = receiver.writes();
        this.appends = receiver.appends();
        this.permits = receiver.permits();
        this.memory = receiver.memory();
        this.file = file;
        this.adds = adds;
        this.user = user;
    }

    @Override
    public void await(Runnable onPermit) {
        writes.headDriver();
        permit = Optional.of(permits.take(user, onPermit));
    }

    @Override
    public boolean waits() {
        return permit.isPresent() && upload.isEmpty() && !ended;
    }

    @Override
    public boolean holdsPermit() {
        return !ended
                && upload.filter(open -> permit.isPresent() || open.holdsPermit())
                        .isPresent();
    }

    @Override
    public void open() {
        if (!ended) {
            Supplier<UploadPermits.Permit> granted = () -> permit.orElseGet(() -> permits.takeNow(user));
            upload = Optional.of(adds ? appends.upload(file, granted) : writes.upload(file, granted));
        }
    }

    @Override
    public Optional<Kept> kept() {
        return Optional.empty();
    }

    private Upload opened() {
        return upload.filter(open -> !ended)
                .orElseThrow(() -> new CraqException(ErrorCode.UPLOAD_ABANDONED, "the write is not open"));
    }

    @Override
    public void chunk(long offset, ByteBuffer data, int crc32c) {
        opened().append(offset, data, crc32c);
    }

    @Override
    public void chunk(int length, int crc32c, ServedConnection from) throws IOException {
        Upload open = opened();
        if (length <= UploadPermits.SHORT_BYTES) {
            // Not a pooled buffer: a short content's bytes may be kept until they travel with the entry.
            ByteBuffer bytes = ByteBuffer.allocate(length);
            from.read(bytes);
            open.append(open.length(), bytes.flip(), crc32c);
            return;
        }
        open.awaitPermit();
        from.holdsPermit();
        try (ComingChunk chunk = new ComingChunk(memory, length, crc32c)) {
            open.append(chunk, from);
        }
    }

    @Override
    public void whenReady(Runnable step) {
        opened().whenReady(step);
    }

    @Override
    public void awaitReady() {
        opened().awaitReady();
    }

    @Override
    public CompletableFuture<FileWrites.Done> finish(long length, int crc32c) {
        try {
            return opened().finish(length, crc32c)
                    .thenApply(outcome -> writes.done(file.name(), outcome))
                    .whenComplete((done, failure) -> end());
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    @Override
    public void discard() {
        abandon();
    }

    @Override
    public void abandon() {
        upload.ifPresent(Upload::abandon);
        end();
    }

    private void end() {
        ended = true;
        permit.ifPresent(UploadPermits.Permit::close);
    }
}
