package org.craq.client.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A length of time, such as {@code 10m} or {@code 90d}.
 *
 * @param seconds at least 1
 */
record TimeSpan(long seconds) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");

    /** Reads an option's value. */
    static final class Converter implements ITypeConverter<TimeSpan> {
        @Override
        public TimeSpan convert(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
                throw new TypeConversionException(
                        "'" + text + "' is not a length of time; write a number and s, m, h or d, such as 10m or 90d");
            }
            Duration unit =
                    switch (parts.group(2)) {
                        case "s" -> Duration.ofSeconds(1);
                        case "m" -> Duration.ofMinutes(1);
                        case "h" -> Duration.ofHours(1);
                        default -> Duration.ofDays(1);
                    };
            return new TimeSpan(unit.toSeconds() * Long.parseLong(parts.group(1)));
        }
    }
}
