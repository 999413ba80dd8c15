package org.craq.client.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Downloads a version into a file, resuming an interrupted download of the same version, and keeps what it has received
 * if it fails in turn. The target is replaced only by bytes that have the version's checksum, whatever their origin.
 */
final class ResumedGet {
    private final Reader reader;
    private final String name;
    private final Path wanted;
    private final GetOptions options;
    private final Consumer<String> notes;

    ResumedGet(Reader reader, String name, Path wanted, GetOptions options) {
        WholeFile.require(options, "only downloads of whole files can be resumed, not ranges");
        this.reader = reader;
        this.name = name;
        this.wanted = wanted;
        this.options = options;
        notes = options.resume().orElseThrow();
    }

    FileInfo run() throws IOException {
        if (WholeFile.sameVersionEverywhere(options) && FileTarget.takesAnyPlace(wanted)) {
            Path target = FileTarget.place(wanted);
            FileInfo version = reader.stat("get", name, options);
            if (PartialFile.deleteOthers(target, version)) {
                notes.accept("an interrupted download was of another version than " + version.version()
                        + ", which is the one to download now: starting over");
            }
            Optional<PartialFile> part = PartialFile.open(target, version);
            if (part.isPresent()) {
                return resume(part.get(), target, version);
            }
        }
        return plainly();
    }

    private FileInfo plainly() throws IOException {
        try (FileTarget file = FileTarget.open(wanted)) {
            FileInfo info = reader.get(name, file.stream(), options);
            file.commit();
            return info;
        }
    }

    private FileInfo resume(PartialFile part, Path target, FileInfo version) throws IOException {
        try (FileTarget file = part.into(target)) {
            CRC32C checksum = new CRC32C();
            long kept = part.begin(version, checksum);
            if (kept > 0) {
                notes.accept("resuming after " + kept + " of " + version.length() + " bytes");
            }
            fetch(file, part, version, checksum, kept);
            if (kept > 0 && (int) checksum.getValue() != version.crc32c()) {
                notes.accept("what was kept of an interrupted download is damaged: starting over");
                part.empty();
                checksum.reset();
                fetch(file, part, version, checksum, part.begin(version, checksum));
            }
            if ((int) checksum.getValue() != version.crc32c()) {
                throw WholeFile.damaged(version);
            }
            file.commit();
            return version;
        }
    }

    /** Fetches the missing bytes; if that fails, those received so far are kept. */
    private void fetch(FileTarget file, PartialFile part, FileInfo version, CRC32C checksum, long kept)
            throws IOException {
        if (kept == version.length()) {
            return;
        }
        LongConsumer listener = options.progress();
        GetOptions rest = options.withVersion(version.version())
                .withOffset(kept)
                .withProgress(bytes -> listener.accept(kept + bytes));
        try {
            reader.get(name, new CheckedOutputStream(file.stream(), checksum), rest);
        } catch (CraqException failure) {
            if (failure.code() != ErrorCode.CONTENT_DAMAGED && part.size() > 0) {
                file.keep();
                notes.accept(part.size() + " of " + version.length() + " bytes are kept in " + part.path()
                        + "; repeat the same download to resume from there");
            }
            throw failure;
        }
    }
}
