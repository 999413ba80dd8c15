package org.craq.node.rest;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** A byte range of a representation, RFC 9110 section 14. */
record HttpRange(long offset, long length) {
    /** Whoever wants more pieces gets the whole. */
    static final int MAX_RANGES = 64;

    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE - 1);
    private static final int MAX_LENGTH = 4096;

    private static final String UNIT = "bytes";
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern PIECE = Pattern.compile("([0-9]*)\\s*-\\s*([0-9]*)");

    /**
     * The ranges that a Range header asks for, in its order, as far as there are such bytes. Empty for the whole: when the header is
     * none that is understood, which is then ignored, or asks for more bytes, in many or overlapping pieces, than the whole has.
     *
     * @param header null when there is none
     * @param total bytes in the whole representation
     * @throws CraqException RANGE_NOT_SATISFIABLE when none of the ranges lies inside
     */
    static List<HttpRange> parse(String header, long total) {
        int equals = header == null || header.length() > MAX_LENGTH ? -1 : header.indexOf('=');
        if (equals < 0
                || !header.substring(0, equals).strip().toLowerCase(Locale.ROOT).equals(UNIT)) {
            return List.of();
        }
        List<HttpRange> ranges = new ArrayList<>();
        boolean satisfiable = false;
        // Empty elements of a list are passed over (section 5.6.1).
        List<String> pieces = COMMA.splitAsStream(header.substring(equals + 1))
                .map(String::strip)
                .filter(piece -> !piece.isEmpty())
                .toList();
        for (String piece : pieces) {
            Matcher matcher = PIECE.matcher(piece);
            if (pieces.size() > MAX_RANGES || !matcher.matches() || isNone(matcher.group(1), matcher.group(2))) {
                return List.of();
            }
            range(matcher.group(1), matcher.group(2), total).ifPresent(ranges::add);
            satisfiable |= matcher.group(1).isEmpty() && number(matcher.group(2)) > 0;
        }
        if (ranges.isEmpty() && satisfiable) {
            // The last bytes of an empty file are all of it, and no Content-Range can say so: the whole is sent.
            return List.of();
        }
        if (!pieces.isEmpty() && ranges.isEmpty()) {
            throw new CraqException(
                    ErrorCode.RANGE_NOT_SATISFIABLE,
                    "the range '" + header + "' lies outside the file's " + total + " bytes");
        }
        long bytes = ranges.stream().mapToLong(HttpRange::length).sum();
        return ranges.size() > 1 && bytes > total ? List.of() : ranges;
    }

    private static boolean isNone(String first, String last) {
        return first.isEmpty()
                ? last.isEmpty()
                : !last.isEmpty() && new BigInteger(last).compareTo(new BigInteger(first)) < 0;
    }

    /** No file is so long that a greater number than this one could mean anything else. */
    private static long number(String digits) {
        return new BigInteger(digits).min(LONGEST).longValue();
    }

    /** Empty when there are no such bytes. */
    private static Optional<HttpRange> range(String first, String last, long total) {
        if (first.isEmpty()) {
            long suffix = Math.min(number(last), total);
            return inside(total - suffix, suffix, total);
        }
        long offset = number(first);
        long end = last.isEmpty() ? total - 1 : Math.min(number(last), total - 1);
        return inside(offset, end - offset + 1, total);
    }

    private static Optional<HttpRange> inside(long offset, long length, long total) {
        return length <= 0 || offset >= total ? Optional.empty() : Optional.of(new HttpRange(offset, length));
    }

    /** For the Content-Range header. */
    String contentRange(long total) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + total;
    }
}
