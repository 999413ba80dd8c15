package org.craq.security;

import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All users, access keys, grants and quotas of a cluster as of one version. Immutable.
 *
 * @param version grows by one with each change of any of them
 * @param cluster name of the cluster, which tokens must state
 * @param users by name; groups are among them
 * @param keys by id
 * @param signingKeys public keys of the managers, by id, that tokens may be signed with
 * @param revokedTokens ids of tokens that are not accepted although they have not expired
 * @param quotas in the order of their prefixes
 */
public record Rights(
        long version,
        String cluster,
        Map<String, User> users,
        Map<String, AccessKey> keys,
        Map<String, PublicKey> signingKeys,
        Set<String> revokedTokens,
        List<Quota> quotas) {
    /** Copies the collections. */
    public Rights {
        users = Map.copyOf(users);
        keys = Map.copyOf(keys);
        signingKeys = Map.copyOf(signingKeys);
        revokedTokens = Set.copyOf(revokedTokens);
        quotas = quotas.stream().sorted().toList();
    }

    /** Returns rights of version 0, under which nobody may do anything. */
    public static Rights none(String cluster) {
        return new Rights(0, cluster, Map.of(), Map.of(), Map.of(), Set.of(), List.of());
    }

    /**
     * Returns whether a user may do something at present, optionally through a key with limits; nothing if either is
     * gone or disabled. A user from outside who is not known here may do what its groups may do.
     */
    boolean allow(String user, List<String> groups, Optional<String> key, Action action, String name) {
        if (granting(user, groups).noneMatch(each -> each.grants().allow(action, name))) {
            return false;
        }
        return key.isEmpty()
                || Optional.ofNullable(keys.get(key.get()))
                        .filter(found -> found.user().equals(user))
                        .filter(found -> found.limits()
                                .map(limits -> limits.allow(action, name))
                                .orElse(true))
                        .isPresent();
    }

    /** Returns the grants of a user and its groups together, without the limits of a key. */
    Grants grants(String user, List<String> groups) {
        return Grants.of(granting(user, groups)
                .flatMap(each -> each.grants().all().stream())
                .toList());
    }

    /** Returns those whose grants a user has: none if it is disabled, or is an own user and gone. */
    private Stream<User> granting(String user, List<String> groups) {
        return isRefused(user)
                ? Stream.empty()
                : Stream.concat(Stream.of(user), groups.stream())
                        .map(users::get)
                        .filter(each -> each != null && each.enabled());
    }

    /** Returns whether a user is disabled, or is an own user and gone. Users from outside need not be known here. */
    boolean isRefused(String user) {
        User known = users.get(user);
        return known == null ? !User.isOutside(user) : !known.enabled();
    }
}
