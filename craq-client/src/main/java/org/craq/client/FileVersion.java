package org.craq.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of a file, written "epoch-seq", for example "3-1205".
 *
 * @param epoch epoch of the chain in which it was written
 * @param seq its position in the chain's log; grows with each version of a file, with gaps
 */
public record FileVersion(long epoch, long seq) implements Comparable<FileVersion> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    public FileVersion {
        if (epoch < 0 || seq < 0) {
            throw new IllegalArgumentException("a version has no negative part: " + epoch + "-" + seq);
        }
    }

    /**
     * Parses what {@link #toString} returns.
     *
     * @throws IllegalArgumentException when the text is not of the form "3-1205"
     */
    public static FileVersion parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a version: it is written epoch-seq, for example 3-1205");
        }
        return new FileVersion(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    /** Compares by seq, then by epoch: newer versions of a file compare as greater. */
    @Override
    public int compareTo(FileVersion other) {
        int bySeq = Long.compare(seq, other.seq);
        return bySeq != 0 ? bySeq : Long.compare(epoch, other.epoch);
    }

    @Override
    public String toString() {
        return epoch + "-" + seq;
    }
}
