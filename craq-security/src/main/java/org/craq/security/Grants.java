package org.craq.security;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * A set of grants. What no grant allows is denied; no grant takes away what another one gives. Immutable.
 *
 * <p>Grants are few per user, so they are searched one after the other.
 */
public record Grants(List<Grant> all) {
    /** Nothing is allowed. */
    public static final Grants NONE = new Grants(List.of());
    /** Everything is allowed. */
    public static final Grants ALL = new Grants(List.of(new Grant(Role.ADMIN, "")));

    private static final Comparator<String> IN_ORDER_OF_NAMES =
            (one, other) -> Arrays.compareUnsigned(utf8(one), utf8(other));

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Keeps the grants sorted and without duplicates. */
    public Grants {
        all = List.copyOf(new TreeSet<>(all));
    }

    /** Creates a set. */
    public static Grants of(Collection<Grant> grants) {
        return new Grants(List.copyOf(grants));
    }

    /**
     * Returns whether an action is allowed.
     *
     * @param name the file; not considered for actions that are not on files
     */
    public boolean allow(Action action, String name) {
        return all.stream().anyMatch(grant -> grant.allows(action, name));
    }

    /**
     * Returns for which names an action is allowed among those that begin with a prefix.
     *
     * @return prefixes in the order of their bytes in UTF-8, none of which begins with another; the given prefix alone if everything below it is
     *     allowed; empty if nothing is
     */
    public List<String> allowedBelow(String prefix, Action action) {
        TreeSet<String> found = new TreeSet<>(IN_ORDER_OF_NAMES);
        for (Grant grant : all) {
            if (!grant.role().includes(action)) {
                continue;
            }
            if (prefix.startsWith(grant.prefix())) {
                return List.of(prefix);
            }
            if (grant.prefix().startsWith(prefix)) {
                found.add(grant.prefix());
            }
        }
        return withoutCovered(found);
    }

    /** Removes prefixes that begin with another one, which sorts directly or indirectly before them. */
    private static List<String> withoutCovered(TreeSet<String> sorted) {
        String[] last = {null};
        return sorted.stream()
                .filter(prefix -> {
                    boolean covered = last[0] != null && prefix.startsWith(last[0]);
                    last[0] = covered ? last[0] : prefix;
                    return !covered;
                })
                .toList();
    }
}
