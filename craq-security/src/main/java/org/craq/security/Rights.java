package org.craq.security;

import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All users, access keys, grants and quotas of a cluster as of one version. Immutable.
 *
 * @param version grows by one with each change of any of them
 * @param cluster name of the cluster, which tokens must state
 * @param users by name
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

    /** Returns what a user may do at present, optionally through a key with limits; nothing if either is gone or disabled. */
    boolean allow(String user, Optional<String> key, Action action, String name) {
        User known = users.get(user);
        if (known == null || !known.enabled() || !known.grants().allow(action, name)) {
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
}
