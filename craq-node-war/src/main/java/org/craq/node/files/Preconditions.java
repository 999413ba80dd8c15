package org.craq.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;

/** ETags and the conditions of RFC 9110 section 13, which the head holds against the newest version it knows. */
public final class Preconditions {
    public static final String IF_MATCH = "If-Match";
    public static final String IF_NONE_MATCH = "If-None-Match";
    public static final String IF_UNMODIFIED_SINCE = "If-Unmodified-Since";

    /** All that say what a write depends on. */
    public static final List<String> HEADERS = List.of(IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE);

    private Preconditions() {}

    public static String etag(Version version) {
        return "\"" + version + "\"";
    }

    /**
     * What a write depends on, in the order of section 13.2.2: {@code If-Match} or else the date, then {@code If-None-Match}. All
     * of them are decided at one moment, when the write is given its place.
     *
     * @param ifMatch null when there is no such header, as the others
     * @throws IllegalArgumentException saying what is wrong with a header
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

    /** The comparison is the strong one: a weak tag matches no version. */
    private static Condition matching(FileName name, EntityTags tags) {
        if (tags.any()) {
            return new Condition.Exists(name);
        }
        Set<Version> versions = tags.strong();
        return versions.size() == 1
                ? new Condition.IsVersion(name, versions.iterator().next())
                : new Condition.IsOneOf(name, versions);
    }

    /** True when a reader wants just this version, or any. */
    public static boolean matches(String ifMatch, Version version) {
        EntityTags tags = EntityTags.parse(ifMatch);
        return tags.any() || tags.strong().contains(version);
    }

    /** True when a reader already has this version. */
    public static boolean known(String ifNoneMatch, Version version) {
        if (ifNoneMatch == null) {
            return false;
        }
        EntityTags tags = EntityTags.parse(ifNoneMatch);
        return tags.any() || tags.all().contains(version);
    }
}
