package org.craq.node.files;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Dates in HTTP headers: RFC 9110 section 5.6.7, including the two obsolete formats. */
public final class HttpDate {
    /** A two-digit year must not be taken for one that is more than 50 years in the future (RFC 9110). */
    private static final int YEARS_BACK = 49;

    private static final Pattern DAY_NAME = Pattern.compile("^[A-Za-z]+,?\\s+");
    private static final List<DateTimeFormatter> FORMS = List.of(
            form("d MMM uuuu HH:mm:ss 'GMT'"), ofTwoDigits("d-MMM-", " HH:mm:ss 'GMT'"), form("MMM d HH:mm:ss uuuu"));

    private HttpDate() {}

    private static DateTimeFormatter form(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    private static DateTimeFormatter ofTwoDigits(String before, String after) {
        return new DateTimeFormatterBuilder()
                .appendPattern(before)
                .appendValueReduced(
                        ChronoField.YEAR,
                        2,
                        2,
                        LocalDateTime.now(ZoneOffset.UTC).toLocalDate().minusYears(YEARS_BACK))
                .appendPattern(after)
                .toFormatter(Locale.ENGLISH);
    }

    /**
     * Returns milliseconds since 1970, which may be negative; empty when the text is null or not a date, in which case the header is
     * to be ignored. The name of the weekday is not checked.
     */
    public static OptionalLong parse(String text) {
        if (text == null) {
            return OptionalLong.empty();
        }
        String date = DAY_NAME.matcher(text.strip()).replaceFirst("").replaceAll("\\s+", " ");
        return FORMS.stream().flatMapToLong(form -> parse(date, form)).findFirst();
    }

    private static LongStream parse(String date, DateTimeFormatter form) {
        try {
            return LongStream.of(
                    LocalDateTime.parse(date, form).toInstant(ZoneOffset.UTC).toEpochMilli());
        } catch (DateTimeException e) {
            return LongStream.empty();
        }
    }
}
