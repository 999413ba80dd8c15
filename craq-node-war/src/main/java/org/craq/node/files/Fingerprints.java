package org.craq.node.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.TreeMap;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;

/**
 * Fingerprints of requests. The head computes them from validated values: the kind of request and everything that its outcome depends
 * on. How the bytes arrived (chunk size, interface) does not count, so that a repeated request has the same fingerprint. Fingerprints
 * are stored with the log, so their definition must not change from one build to the next.
 */
public final class Fingerprints {
    private final MessageDigest digest;

    private Fingerprints(String kind) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        text(kind);
    }

    static Fingerprint put(NewFile file, Content content) {
        return new Fingerprints("put")
                .file(file)
                .bytes(content.length(), content.crc32c())
                .end();
    }

    /** Returns the fingerprint of an append, which covers the appended bytes and not the resulting file. */
    static Fingerprint append(NewFile file, Content added) {
        return new Fingerprints("append")
                .file(file)
                .bytes(added.length(), added.crc32c())
                .end();
    }

    /** Returns the fingerprint of the write that assembles the file of a resumable upload. */
    public static Fingerprint upload(NewFile file, long length, int crc32c) {
        return new Fingerprints("upload").file(file).bytes(length, crc32c).end();
    }

    static Fingerprint delete(FileName name, List<Condition> conditions) {
        return new Fingerprints("delete")
                .text(name.value())
                .conditions(conditions)
                .end();
    }

    static Fingerprint deleteVersion(FileName name, Version version, List<Condition> conditions) {
        return new Fingerprints("delete version")
                .text(name.value())
                .text(version.toString())
                .conditions(conditions)
                .end();
    }

    static Fingerprint change(List<Step> steps) {
        Fingerprints change = new Fingerprints("change").number(steps.size());
        steps.forEach(change::step);
        return change.end();
    }

    private void step(Step step) {
        if (step instanceof Step.Copy copy) {
            text(copy.removes() ? "move" : "copy")
                    .text(copy.source().value())
                    .text(copy.version().map(Version::toString).orElse(""))
                    .number(copy.labels().isPresent() ? 1 : 0);
            copy.labels().ifPresent(this::labels);
        } else {
            text(step instanceof Step.Delete ? "delete" : "check");
        }
        text(step.name().value()).conditions(step.conditions());
    }

    private Fingerprints file(NewFile file) {
        return text(file.name().value()).labels(file.labels()).conditions(file.conditions());
    }

    private Fingerprints bytes(long length, int crc32c) {
        return number(length).number(crc32c);
    }

    private Fingerprints labels(Labels labels) {
        text(labels.contentType()).number(labels.userMetadata().size());
        new TreeMap<>(labels.userMetadata()).forEach((key, value) -> text(key).text(value));
        return this;
    }

    private Fingerprints conditions(List<Condition> conditions) {
        number(conditions.size());
        conditions.forEach(condition -> text(condition.name().value()).text(condition.words()));
        return this;
    }

    /** Prefixes the text with its length, so that no two sequences of texts yield the same bytes. */
    private Fingerprints text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        digest.update(bytes);
        return this;
    }

    private Fingerprints number(long number) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        return this;
    }

    private Fingerprint end() {
        return new Fingerprint(ByteBuffer.wrap(digest.digest()).getLong());
    }
}
