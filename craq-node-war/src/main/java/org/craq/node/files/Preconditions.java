package org.craq.node.files;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;

/** ETags and the conditions of RFC 9110 section 13, which the head holds against the newest version it knows. */
public final class Preconditions {
    private Preconditions() {}

    public static String etag(Version version) {
        return "\"" + version + "\"";
    }

    /**
     * What a write depends on.
     *
     * @throws IllegalArgumentException saying what is wrong with a header
     */
    public static List<Condition> of(FileName name, String ifMatch, String ifNoneMatch) {
        List<Condition> conditions = new ArrayList<>();
        if (ifMatch != null) {
            conditions.add(
                    ifMatch.strip().equals("*")
                            ? new Condition.Exists(name)
                            : new Condition.IsVersion(name, version("If-Match", ifMatch)));
        }
        if (ifNoneMatch != null) {
            if (!ifNoneMatch.strip().equals("*")) {
                throw new IllegalArgumentException(
                        "If-None-Match on a write must be *, which means: only if there is no such file");
            }
            conditions.add(new Condition.IsAbsent(name));
        }
        return conditions;
    }

    /** True when a reader wants just this version, or any. */
    static boolean matches(String ifMatch, Version version) {
        return Arrays.stream(ifMatch.split(","))
                .map(String::strip)
                .anyMatch(tag -> tag.equals("*") || tag.equals(etag(version)));
    }

    /** True when a reader already has this version. */
    static boolean known(String ifNoneMatch, Version version) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(","))
                        .map(String::strip)
                        .anyMatch(tag ->
                                tag.equals("*") || tag.equals(etag(version)) || tag.equals("W/" + etag(version)));
    }

    private static Version version(String header, String value) {
        String tag = value.strip();
        if (tag.length() < 2 || !tag.startsWith("\"") || !tag.endsWith("\"")) {
            throw new IllegalArgumentException(header + " must be one ETag in double quotes, or *; it is " + value);
        }
        try {
            return Version.parse(tag.substring(1, tag.length() - 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(header + ": " + e.getMessage(), e);
        }
    }
}
