package org.craq.client.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: 65536, 64K, 16M, 1G. */
record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([KMG]?)");
    private static final String UNITS = "KMG";

    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is not a size: write bytes, or a number with K, M or G, for example 64M");
            }
            int shift = matcher.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(matcher.group(2)) + 1);
            long number = Long.parseLong(matcher.group(1));
            if (number > Long.MAX_VALUE >> shift) {
                throw new TypeConversionException("'" + text + "' is more bytes than a file can have");
            }
            return new ByteSize(number << shift);
        }
    }

    /** Formats a size with the largest unit that divides it. */
    static String text(long bytes) {
        int unit = 0;
        long rest = bytes;
        while (unit < UNITS.length() && rest > 0 && rest % 1024 == 0) {
            rest /= 1024;
            unit++;
        }
        return unit == 0 ? rest + " B" : rest + " " + UNITS.charAt(unit - 1) + "iB";
    }
}
