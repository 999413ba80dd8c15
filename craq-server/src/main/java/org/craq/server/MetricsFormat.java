package org.craq.server;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The forms of the page of metrics, and which of them an Accept header (RFC 9110 section 12.5.1) prefers. */
enum MetricsFormat {
    /** First: it is answered where the header says nothing that is understood. */
    TEXT("text/plain", "|0\\.0\\.4"),
    OPEN_METRICS("application/openmetrics-text", "|0\\.0\\.1|1\\.0\\.0");

    private static final Pattern QUALITY = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
    /** Between the members of a list; not within quotes. */
    private static final Pattern COMMA = Pattern.compile(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");
    /** Characters that are looked at: a longer header is none that a program sends. */
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
        /** Empty for what is no media range with a weight; it is passed over. */
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

        /** How exactly it means a format: 0 not at all. */
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

    /** Never fails: a scrape that asks for nothing that there is gets the text. */
    static MetricsFormat preferred(String accept) {
        String header = accept.substring(0, Math.min(accept.length(), LONGEST_HEADER));
        Wish[] wishes = COMMA.splitAsStream(header)
                .map(Wish::of)
                .flatMap(Optional::stream)
                .toArray(Wish[]::new);
        // Of equal ones the first is the greatest, as the stream goes on only with what is greater.
        return Stream.of(values())
                .reduce((one, other) -> quality(other, wishes) > quality(one, wishes) ? other : one)
                .orElseThrow();
    }

    /** What the member says that means a format most exactly. */
    private static double quality(MetricsFormat format, Wish... wishes) {
        return Arrays.stream(wishes)
                .filter(wish -> wish.precision(format) > 0)
                .max(Comparator.<Wish>comparingInt(wish -> wish.precision(format))
                        .thenComparingDouble(Wish::quality))
                .map(Wish::quality)
                .orElse(0.0);
    }
}
