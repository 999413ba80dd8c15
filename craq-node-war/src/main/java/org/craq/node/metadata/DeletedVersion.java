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
 * One old version of a file that was deleted while the file itself stays. A note records that: one of the store's own
 * files, without bytes. Readers look for the note as soon as it is committed; retention later prunes the version, and
 * forgets the note.
 */
public record DeletedVersion(FileName file, Version version) {
    /** Prefix of the names of all notes. */
    private static final String NOTES = FileName.OWN + "deleted/";

    /** A name after all notes, and before every other name that follows them. */
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

    /** Reads a note's user metadata. */
    static DeletedVersion of(Map<String, String> kept) {
        return new DeletedVersion(new FileName(kept.get(FILE)), Version.parse(kept.get(VERSION)));
    }

    /**
     * Returns the note's name, which contains a digest of the file's name, as that may be too long to be a part of it.
     */
    public FileName note() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(file.value().getBytes(StandardCharsets.UTF_8));
            return new FileName(NOTES + HexFormat.of().formatHex(digest) + "/" + version);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns the note's user metadata. */
    public Map<String, String> kept() {
        return Map.of(FILE, file.value(), VERSION, version.toString());
    }
}
