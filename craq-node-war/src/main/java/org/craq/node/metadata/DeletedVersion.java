package org.craq.node.metadata;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * That one old version of a file has been deleted, while the file goes on: one of the store's own files says so, without bytes.
 * Readers ask for it from the moment on at which it is committed; retention then gives the version up, and forgets the note.
 */
public record DeletedVersion(FileName file, Version version) {
    /** What the names of all these notes begin with. */
    private static final String NOTES = FileName.OWN + "deleted/";

    /** Behind all these notes and before every other name that sorts behind them. */
    static final String BEHIND_NOTES = FileName.OWN + "deleted0";

    private static final String FILE = "file";
    private static final String VERSION = "version";

    public DeletedVersion {
        Objects.requireNonNull(file);
        Objects.requireNonNull(version);
    }

    static boolean isNote(String name) {
        return name.startsWith(NOTES);
    }

    /** What a note's user metadata say. */
    static DeletedVersion of(Map<String, String> kept) {
        return new DeletedVersion(new FileName(kept.get(FILE)), Version.parse(kept.get(VERSION)));
    }

    /** The note's name: any file name may be too long to be a part of it. */
    public FileName note() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(file.value().getBytes(StandardCharsets.UTF_8));
            return new FileName(NOTES + HexFormat.of().formatHex(digest) + "/" + version);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The note's user metadata. */
    public Map<String, String> kept() {
        return Map.of(FILE, file.value(), VERSION, version.toString());
    }
}
