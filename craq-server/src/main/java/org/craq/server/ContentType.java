package org.craq.server;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A media type as in RFC 9110 section 8.3.1. Servers and JAX-RS implementations parse media types differently, so those
 * that come from outside are parsed here.
 *
 * @param type such as text; case-insensitive
 * @param subtype such as plain; case-insensitive
 * @param parameters values without quotes, by lower-case names
 * @param text as written, without trailing semicolons that have no parameter
 */
public record ContentType(String type, String subtype, Map<String, String> parameters, String text) {
    /** Maximum length of a media type with its parameters, in characters. */
    public static final int MAX_LENGTH = 255;

    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
    private static final Pattern NAME = Pattern.compile("(" + TOKEN + ")/(" + TOKEN + ")");
    private static final Pattern PARAMETER =
            Pattern.compile(" *; *(?:(" + TOKEN + ")=(?:(" + TOKEN + ")|\"((?:[ !#-\\[\\]-~]|\\\\[ -~])*)\"))?");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

    public ContentType {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Parses a header's value.
     *
     * @throws IllegalArgumentException stating the rule, when it is not a media type
     */
    public static ContentType parse(String text) {
        Matcher name = NAME.matcher(text);
        if (text.length() > MAX_LENGTH || !name.lookingAt()) {
            throw refusal();
        }
        Map<String, String> parameters = new TreeMap<>();
        Matcher parameter = PARAMETER.matcher(text);
        int end = name.end();
        int written = end;
        while (end < text.length()) {
            if (!parameter.region(end, text.length()).lookingAt()) {
                throw refusal();
            }
            end = parameter.end();
            if (parameter.group(1) != null) {
                parameters.put(parameter.group(1).toLowerCase(Locale.ROOT), value(parameter));
                written = end;
            }
        }
        return new ContentType(name.group(1), name.group(2), parameters, text.substring(0, written));
    }

    private static String value(Matcher parameter) {
        return parameter.group(2) != null
                ? parameter.group(2)
                : ESCAPED.matcher(parameter.group(3)).replaceAll("$1");
    }

    private static IllegalArgumentException refusal() {
        return new IllegalArgumentException("the content type must be a media type such as text/plain or"
                + " 'text/plain; charset=utf-8': type/subtype and parameters name=value, with quotes around a value that is not a"
                + " single word, in printable ASCII and at most " + MAX_LENGTH + " characters");
    }

    /** Returns true for this type and subtype, whatever the parameters. */
    public boolean is(String name) {
        return name.equalsIgnoreCase(type + "/" + subtype);
    }
}
