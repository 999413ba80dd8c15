package org.craq.server;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The formats of the metrics page, and which of them an Accept header (RFC 9110 section 12.5.1) prefers. */
enum MetricsFormat {
    /** Listed first because it is the default when the header contains nothing that is understood. */
    TEXT("text/plain", "|0\\.0\\.4"),
    OPEN_METRICS("application/openmetrics-text", "|0\\.0\\.1|1\\.0\\.0");

    private static final Pattern QUALITY = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
    /** A comma between the members of a list, but not within quotes. */
    private static final Pattern COMMA = Pattern.compile(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");
    /** Number of characters that are read; no program sends a longer header. */
    private static final int LONGEST_HEADER = 4096;

    private final String name;
    private final Pattern versions;

    MetricsFormat(String name, String versions) {
        this.name = name;
        this.versions = Pattern.compile(versions);
    }

    /**
     * One member of the header.
     *
     * @param quality from 0 to 1
     */
    private record Wish(ContentType range, double quality) {
        /** Parses a member; empty if it is not a media range with a weight, and then ignored. */
        static Optional<Wish> of(String text) {
            try {
                ContentType range = ContentType.parse(text.strip());
                String quality = range.parameters().getOrDefault("q", "1");
                return QUALITY.matcher(quality).matches()
                        ? Optional.of(new Wish(range, Double.parseDouble(quality)))
                        : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        /** Returns how precisely it names a format; 0 if it does not. */
        private int precision(MetricsFormat format) {
            if (range.is(format.name)) {
                String version = range.parameters().getOrDefault("version", "");
                return format.versions.matcher(version).matches() ? 3 : 0;
            }
            if (range.is(format.name.substring(0, format.name.indexOf('/')) + "/*")) {
                return 2;
            }
            return range.is("*/*") ? 1 : 0;
        }
    }

    /** Returns the preferred format. Never fails: a scrape that accepts neither format gets text. */
    static MetricsFormat preferred(String accept) {
        String header = accept.substring(0, Math.min(accept.length(), LONGEST_HEADER));
        Wish[] wishes = COMMA.splitAsStream(header)
                .map(Wish::of)
                .flatMap(Optional::stream)
                .toArray(Wish[]::new);
        // Among equal ones the first wins, as a later one must be greater.
        return Stream.of(values())
                .reduce((one, other) -> quality(other, wishes) > quality(one, wishes) ? other : one)
                .orElseThrow();
    }

    /** Returns the weight in the member that names the format most precisely. */
    private static double quality(MetricsFormat format, Wish... wishes) {
        return Arrays.stream(wishes)
                .filter(wish -> wish.precision(format) > 0)
                .max(Comparator.<Wish>comparingInt(wish -> wish.precision(format))
                        .thenComparingDouble(Wish::quality))
                .map(Wish::quality)
                .orElse(0.0);
    }
}
