package org.craq.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;

/** ETags and the conditions of RFC 9110 section 13, which the head evaluates against the newest version it knows. */
public final class Preconditions {
    public static final String IF_MATCH = "If-Match";
    public static final String IF_NONE_MATCH = "If-None-Match";
    public static final String IF_UNMODIFIED_SINCE = "If-Unmodified-Since";

    /** All headers that make a write conditional. */
    public static final List<String> HEADERS = List.of(IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE);

    private Preconditions() {}

    public static String etag(Version version) {
        return "\"" + version + "\"";
    }

    /**
     * Parses the conditions of a write, in the order of section 13.2.2: {@code If-Match} or else the date, then
     * {@code If-None-Match}. The head evaluates all of them at one moment, when it gives the write its place in the log.
     *
     * @param ifMatch the header's value or null if it is absent, like the other two
     * @throws IllegalArgumentException with a message that says what is wrong with a header
     */
    public static List<Condition> of(FileName name, String ifMatch, String ifNoneMatch, String ifUnmodifiedSince) {
        List<Condition> conditions = new ArrayList<>();
        OptionalLong date = HttpDate.parse(ifUnmodifiedSince);
        if (ifMatch != null) {
            conditions.add(matching(name, EntityTags.parse(ifMatch).wellFormed(IF_MATCH)));
        } else if (date.isPresent()) {
            long second = Math.floorDiv(date.getAsLong(), TimeUnit.SECONDS.toMillis(1));
            conditions.add(new Condition.UnmodifiedSince(name, second));
        }
        if (ifNoneMatch != null) {
            EntityTags tags = EntityTags.parse(ifNoneMatch).wellFormed(IF_NONE_MATCH);
            if (tags.any()) {
                conditions.add(new Condition.IsAbsent(name));
            } else if (!tags.all().isEmpty()) {
                conditions.add(new Condition.IsNoneOf(name, tags.all()));
            }
        }
        return conditions;
    }

    /** Uses the strong comparison: a weak tag matches no version. */
    private static Condition matching(FileName name, EntityTags tags) {
        if (tags.any()) {
            return new Condition.Exists(name);
        }
        Set<Version> versions = tags.strong();
        return versions.size() == 1
                ? new Condition.IsVersion(name, versions.iterator().next())
                : new Condition.IsOneOf(name, versions);
    }

    /** True when a reader's {@code If-Match} accepts this version. */
    public static boolean matches(String ifMatch, Version version) {
        EntityTags tags = EntityTags.parse(ifMatch);
        return tags.any() || tags.strong().contains(version);
    }

    /** True when a reader's {@code If-None-Match} says that it already has this version. */
    public static boolean known(String ifNoneMatch, Version version) {
        if (ifNoneMatch == null) {
            return false;
        }
        EntityTags tags = EntityTags.parse(ifNoneMatch);
        return tags.any() || tags.all().contains(version);
    }
}
