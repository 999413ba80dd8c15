package org.craq.client.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes, such as {@code 500MiB} or {@code 1000000}.
 *
 * @param bytes at least 1
 */
record ByteCount(long bytes) {
    private static final List<String> UNITS = List.of("", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(|KiB|MiB|GiB|TiB|PiB)");
    private static final int UNIT_BITS = 10;

    /** Reads an option's value. */
    static final class Converter implements ITypeConverter<ByteCount> {
        @Override
        public ByteCount convert(String text) {
            Matcher parts = FORM.matcher(text);
            long number = parts.matches() ? Long.parseLong(parts.group(1)) : 0;
            int bits = number > 0 ? UNIT_BITS * UNITS.indexOf(parts.group(2)) : 0;
            if (number == 0 || number > (Long.MAX_VALUE >> bits)) {
                throw new TypeConversionException("'" + text
                        + "' is not a number of bytes; write it with or without a unit of KiB, MiB, GiB, TiB or PiB, such as"
                        + " 500MiB");
            }
            return new ByteCount(number << bits);
        }
    }

    /** Returns a number of bytes for people: in the largest unit of which there is at least one. */
    static String text(long bytes) {
        int unit = 0;
        while (unit < UNITS.size() - 1 && (bytes >> (UNIT_BITS * (unit + 1))) > 0) {
            unit++;
        }
        return unit == 0
                ? Long.toString(bytes)
                : String.format("%.1f %s", bytes / (double) (1L << (UNIT_BITS * unit)), UNITS.get(unit));
    }
}
