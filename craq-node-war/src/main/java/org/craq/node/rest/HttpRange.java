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
    /** A request for more ranges is answered with the whole representation. */
    static final int MAX_RANGES = 64;

    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE - 1);
    private static final int MAX_LENGTH = 4096;

    private static final String UNIT = "bytes";
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern PIECE = Pattern.compile("([0-9]*)\\s*-\\s*([0-9]*)");

    /**
     * Parses a Range header into the requested ranges, in its order and clipped to the existing bytes. Returns an empty list, for the
     * whole representation, when the header is not understood and thus ignored, or when several ranges add up to more bytes than the
     * representation has.
     *
     * @param header null when there is none
     * @param total bytes in the whole representation
     * @throws CraqException RANGE_NOT_SATISFIABLE when none of the ranges contains an existing byte
     */
    static List<HttpRange> parse(String header, long total) {
        int equals = header == null || header.length() > MAX_LENGTH ? -1 : header.indexOf('=');
        if (equals < 0
                || !header.substring(0, equals).strip().toLowerCase(Locale.ROOT).equals(UNIT)) {
            return List.of();
        }
        List<HttpRange> ranges = new ArrayList<>();
        boolean satisfiable = false;
        // Empty elements of a list are ignored (section 5.6.1).
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
            // A suffix of an empty file is the whole file, which no Content-Range can express, so the whole is sent.
            return List.of();
        }
        if (!pieces.isEmpty() && ranges.isEmpty()) {
            throw new CraqException(
                    ErrorCode.RANGE_NOT_SATISFIABLE,
                    "the range '" + header + "' is outside the file's " + total + " bytes");
        }
        long bytes = ranges.stream().mapToLong(HttpRange::length).sum();
        return ranges.size() > 1 && bytes > total ? List.of() : ranges;
    }

    private static boolean isNone(String first, String last) {
        return first.isEmpty()
                ? last.isEmpty()
                : !last.isEmpty() && new BigInteger(last).compareTo(new BigInteger(first)) < 0;
    }

    /** Parses a number; ones that are too large for a long are capped, as no file is that long. */
    private static long number(String digits) {
        return new BigInteger(digits).min(LONGEST).longValue();
    }

    /** Returns the existing bytes of one range; empty when there are none. */
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

    /** Returns the value of the Content-Range header. */
    String contentRange(long total) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + total;
    }
}
