package org.craq.client.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.FailureReason;
import org.craq.client.FileInfo;
import org.craq.client.FileState;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Stores a large file by a resumable upload (tus): the bytes received so far are kept, and after a break of the connection, or of this
 * program, the upload resumes from there.
 *
 * <p>The file appears in the store when its last byte arrives. Therefore the last {@value #LAST_BYTES} bytes at most are held back until
 * the bytes in the store are known to match the local file, and the file is known not to have changed: a mixture of two states never
 * becomes a version.
 */
final class ResumedPut {
    static final int LAST_BYTES = 1 << 20;

    private final CraqClient client;
    private final UploadMemory memory;
    private final UploadNodes nodes;
    private final Duration patience;
    private final Consumer<String> notes;

    /**
     * Creates a put.
     *
     * @param patience how long to keep retrying without progress
     * @param notes called with a sentence when an upload is resumed or restarted
     */
    ResumedPut(CraqClient client, UploadMemory memory, Duration patience, Consumer<String> notes) {
        this.client = client;
        this.memory = memory;
        this.patience = patience;
        this.notes = notes;
        nodes = new UploadNodes(client, patience);
    }

    /** Returns false if no node answers at its REST address: then files can be sent by gRPC only. */
    boolean reachable() {
        return nodes.reachable();
    }

    Receipt run(String name, Path source, PutOptions options) throws IOException {
        FileState state = FileState.of(source);
        Optional<UploadNodes.Made> begun = begun(source, state.bytes(), options);
        UploadNodes.Made upload = begun.orElseGet(() -> create(name, state.bytes(), options));
        try (Sending sending = new Sending(upload, source, state, options)) {
            return receipt(name, sending.run(), sending.checksum());
        }
    }

    /** Returns the upload that an earlier run has left, if it is the beginning of the file as it is now. */
    private Optional<UploadNodes.Made> begun(Path source, long length, PutOptions options) throws IOException {
        Optional<String> path = memory.begun();
        Optional<UploadNodes.Held> held = path.flatMap(nodes::look);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        long offset = held.get().offset();
        if (held.get().version().isEmpty()) {
            try (SourceBytes beginning = new SourceBytes(source, offset, length, options.progress())) {
                if (differs(held.get(), beginning)) {
                    notes.accept("the file has changed since the interrupted upload: starting over");
                    nodes.end(path.get());
                    memory.end();
                    return Optional.empty();
                }
            }
        }
        notes.accept("resuming after " + offset + " of " + length + " bytes");
        return Optional.of(new UploadNodes.Made(path.get(), held.get()));
    }

    private static boolean differs(UploadNodes.Held held, SourceBytes sent) {
        return held.crc32c().filter(told -> !told.equals(hex(sent.checksum()))).isPresent();
    }

    private static String hex(int crc32c) {
        return String.format("%08x", crc32c);
    }

    private UploadNodes.Made create(String name, long length, PutOptions options) {
        UploadNodes.Made made = nodes.create(name, length, options);
        try {
            memory.begin(made.path());
        } catch (IOException e) {
            notes.accept("the upload can't be recorded for resuming (" + FailureReason.ofFile(e)
                    + "); if it is interrupted, it starts over");
        }
        return made;
    }

    /** One upload in progress. */
    private final class Sending implements AutoCloseable {
        private final String path;
        private final Path source;
        private final FileState before;
        private final long length;
        private final long lastBegin;
        private final PutOptions options;
        private UploadNodes.Held held;
        private Optional<SourceBytes> bytes = Optional.empty();
        /** The checksum of the whole file, once its end has been read. */
        private Optional<Integer> whole = Optional.empty();

        private long deadline = System.nanoTime() + patience.toNanos();

        Sending(UploadNodes.Made upload, Path source, FileState before, PutOptions options) {
            path = upload.path();
            held = upload.held();
            this.source = source;
            this.before = before;
            this.options = options;
            length = before.bytes();
            lastBegin = length == 0 ? 0 : (length - 1) / LAST_BYTES * LAST_BYTES;
        }

        /** Sends until the upload is complete. */
        UploadNodes.Held run() throws IOException {
            while (held.version().isEmpty()) {
                long from = held.offset();
                try {
                    held = from < lastBegin ? sendUpTo(lastBegin) : sendLast();
                } catch (UploadNodes.Failed e) {
                    afterFailure(e, from);
                }
            }
            memory.end();
            return held;
        }

        private UploadNodes.Held sendUpTo(long end) throws IOException, UploadNodes.Failed {
            SourceBytes from = at(held.offset());
            return nodes.send(path, held.offset(), from.upTo(end), end - held.offset(), from::position);
        }

        /** Sends the last bytes, which make the file appear. */
        private UploadNodes.Held sendLast() throws IOException, UploadNodes.Failed {
            long from = held.offset();
            held = look("");
            if (held.offset() != from || held.version().isPresent()) {
                return held;
            }
            SourceBytes file = at(from);
            boolean differs = differs(held, file);
            byte[] last = file.upTo(length).readAllBytes();
            if (differs || !unchanged(file.checksum())) {
                throw changed();
            }
            whole = Optional.of(file.checksum());
            return nodes.send(path, from, new ByteArrayInputStream(last), last.length, () -> 0);
        }

        private boolean unchanged(int sent) throws IOException {
            return switch (before.compare(FileState.of(source))) {
                case SAME -> true;
                case UNSURE -> SourceBytes.checksum(source, position -> {}) == sent;
                case CHANGED -> false;
            };
        }

        private SourceBytes at(long from) throws IOException {
            if (bytes.isEmpty() || bytes.get().position() != from) {
                close();
                bytes = Optional.of(new SourceBytes(source, from, length, options.progress()));
            }
            return bytes.get();
        }

        private IOException changed() throws IOException {
            nodes.end(path);
            memory.end();
            return new FileSystemException(
                    source.toString(),
                    null,
                    "changed while it was being stored; nothing was stored. Copy it first, or pipe it in");
        }

        /** Finds out where to resume, unless the failure is permanent. */
        private void afterFailure(UploadNodes.Failed failure, long from) throws IOException {
            Optional<IOException> local = bytes.flatMap(SourceBytes::failure);
            if (local.isPresent()) {
                nodes.end(path);
                memory.end();
                throw local.get();
            }
            if (failure.lasting()) {
                memory.end();
                throw failure.known();
            }
            close(); // the failed connection may still be reading from the stream
            bytes = Optional.empty();
            held = look(" (" + failure.getMessage() + ")");
            if (held.offset() > from) {
                deadline = System.nanoTime() + patience.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new CraqException(
                        ErrorCode.NOT_SERVING,
                        failure.getMessage() + "; " + from + " of " + length
                                + " bytes have been stored; repeat the same command to resume");
            }
            UploadNodes.pause();
        }

        private UploadNodes.Held look(String why) throws IOException {
            Optional<UploadNodes.Held> found = nodes.look(path);
            if (found.isEmpty()) {
                memory.end();
                throw new CraqException(
                        ErrorCode.UPLOAD_ABANDONED, "the upload is gone" + why + "; start the put again");
            }
            return found.get();
        }

        /**
         * Returns the checksum of the whole file; if its end was sent by an earlier run, that of the file as it is now.
         */
        int checksum() throws IOException {
            return whole.isPresent() ? whole.get() : SourceBytes.checksum(source, options.progress());
        }

        @Override
        public void close() throws IOException {
            if (bytes.isPresent()) {
                bytes.get().close();
            }
        }
    }

    private Receipt receipt(String name, UploadNodes.Held last, int checksum) {
        FileVersion version = FileVersion.parse(last.version().orElseThrow());
        FileInfo stored = client.stat(name, GetOptions.defaults().withVersion(version));
        if (stored.crc32c() != checksum) {
            throw new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    "version " + version + " of '" + name + "' was stored with CRC32C " + stored.crc32cHex()
                            + ", but the file has " + hex(checksum) + "; put it again");
        }
        ChainInfo chain = client.chain();
        return new Receipt(
                name,
                version,
                stored.length(),
                stored.crc32c(),
                chain.members().stream()
                        .filter(MemberInfo::complete)
                        .map(MemberInfo::nodeId)
                        .toList(),
                chain.epoch(),
                last.session());
    }
}
