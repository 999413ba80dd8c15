package org.craq.node.files;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** A single byte range of a representation, RFC 9110 section 14. */
record HttpRange(long offset, long length) {
    private static final Pattern SINGLE = Pattern.compile("bytes\\s*=\\s*([0-9]{0,18})\\s*-\\s*([0-9]{0,18})\\s*");

    /**
     * The range that a Range header asks for; empty when the header is none that is understood, which then is ignored, as
     * several ranges in one header are.
     *
     * @param total bytes in the whole representation
     * @throws CraqException RANGE_NOT_SATISFIABLE
     */
    static Optional<HttpRange> parse(String header, long total) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher matcher = SINGLE.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(Long.parseLong(matcher.group(2)), total);
            return satisfiable(header, total - suffix, suffix, total);
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? total - 1 : Math.min(Long.parseLong(matcher.group(2)), total - 1);
        if (!matcher.group(2).isEmpty() && Long.parseLong(matcher.group(2)) < first) {
            return Optional.empty();
        }
        return satisfiable(header, first, last - first + 1, total);
    }

    private static Optional<HttpRange> satisfiable(String header, long offset, long length, long total) {
        if (length <= 0 || offset >= total) {
            throw new CraqException(
                    ErrorCode.RANGE_NOT_SATISFIABLE,
                    "the range '" + header + "' lies outside the file's " + total + " bytes");
        }
        return Optional.of(new HttpRange(offset, length));
    }

    /** For the Content-Range header. */
    String contentRange(long total) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + total;
    }
}
