package org.craq.client.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.craq.client.FailureReason;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Stores a local file by a resumable write. If it fails, what the head has received is kept, and another put of the same file continues
 * there: it finds the write id in a record of this one.
 */
final class ResumedPut implements Closeable {
    /** What may be found instead of the upload that an earlier put has recorded. */
    private static final Set<ErrorCode> GONE =
            EnumSet.of(ErrorCode.UPLOAD_EXPIRED, ErrorCode.NOT_FOUND, ErrorCode.WRITE_ID_REUSED);

    private final Writer writer;
    private final String name;
    private final PutOptions options;
    private final Consumer<String> notes;
    private final Optional<UploadRecord> record;
    private final ResumableSource source;
    private Optional<Kept> kept = Optional.empty();

    /** @param record where the write id is recorded; empty if the caller has chosen it */
    ResumedPut(
            Writer writer, String name, Path path, FileSource file, PutOptions options, Optional<UploadRecord> record)
            throws IOException {
        if (options.chunkSize() != PutOptions.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("a put that can be resumed has chunks of " + PutOptions.MAX_CHUNK_SIZE
                    + " bytes, not " + options.chunkSize());
        }
        this.writer = writer;
        this.name = name;
        this.options = options;
        this.notes = options.resume().orElseThrow().notes();
        this.record = record;
        this.source = new ResumableSource(file, path, options.chunkSize());
    }

    Receipt run() throws IOException {
        return options.writeId().isPresent() ? put(options.writeId().get()) : recorded();
    }

    private Receipt recorded() throws IOException {
        Optional<UUID> begun = record.orElseThrow().begun();
        if (begun.isPresent()) {
            try {
                return put(begun.get());
            } catch (ResumedUpload.OtherContent e) {
                notes.accept("the file has changed since the interrupted upload: starting over");
            } catch (CraqException e) {
                if (!GONE.contains(e.code())) {
                    throw e;
                }
            }
        }
        UUID writeId = UUID.randomUUID();
        begin(writeId);
        return put(writeId);
    }

    private void begin(UUID writeId) {
        try {
            record.orElseThrow().begin(writeId);
        } catch (IOException e) {
            notes.accept("the upload can't be recorded for resuming (" + FailureReason.ofFile(e)
                    + "); if it is interrupted, it starts over");
        }
    }

    private Receipt put(UUID writeId) throws IOException {
        try {
            Receipt receipt = writer.resume(name, source, options, writeId, record.isPresent(), this::found);
            forget();
            return receipt;
        } catch (CraqException e) {
            // Whoever was refused may log in again, and resume.
            if (e.code().advice().repeatable() || Retry.refused(e)) {
                notes.accept(kept.map(Kept::bytes).orElse(0L) + " of " + source.length()
                        + " bytes, or more, are kept; repeat the same put to resume");
            } else {
                forget();
            }
            throw e;
        } catch (IOException | ResumedUpload.OtherContent e) {
            forget();
            throw e;
        }
    }

    private void forget() throws IOException {
        if (record.isPresent()) {
            record.get().end();
        }
    }

    private void found(Kept found) {
        if (kept.isEmpty() && found.bytes() > 0) {
            notes.accept("resuming after " + found.bytes() + " of " + source.length() + " bytes");
        }
        kept = Optional.of(found);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
