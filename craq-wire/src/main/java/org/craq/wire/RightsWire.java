package org.craq.wire;

import com.google.protobuf.ByteString;
import java.security.PublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.craq.security.AccessKey;
import org.craq.security.Grant;
import org.craq.security.Grants;
import org.craq.security.Quota;
import org.craq.security.Tokens;
import org.craq.security.User;
import org.craq.wire.v1.AccessKeyRights;
import org.craq.wire.v1.PrefixQuota;
import org.craq.wire.v1.Rights;
import org.craq.wire.v1.SigningKey;
import org.craq.wire.v1.UserRights;

/** Rights as messages. */
public final class RightsWire {
    private RightsWire() {}

    /** Converts rights to a message. */
    public static Rights toWire(org.craq.security.Rights rights) {
        Rights.Builder message = Rights.newBuilder()
                .setVersion(rights.version())
                .setCluster(rights.cluster())
                .addAllRevokedTokens(rights.revokedTokens());
        rights.users()
                .values()
                .forEach(user -> message.addUsers(UserRights.newBuilder()
                        .setName(user.name())
                        .setEnabled(user.enabled())
                        .setTokensFrom(user.tokensFrom().toEpochMilli())
                        .addAllGrants(texts(user.grants()))));
        rights.keys().values().forEach(key -> message.addKeys(toWire(key)));
        rights.signingKeys()
                .forEach((id, key) -> message.addSigningKeys(
                        SigningKey.newBuilder().setId(id).setPublicKey(ByteString.copyFrom(key.getEncoded()))));
        rights.quotas().forEach(quota -> {
            PrefixQuota.Builder limits = PrefixQuota.newBuilder().setPrefix(quota.prefix());
            quota.bytes().ifPresent(limits::setBytes);
            quota.versions().ifPresent(limits::setVersions);
            message.addQuotas(limits);
        });
        return message.build();
    }

    private static AccessKeyRights toWire(AccessKey key) {
        return AccessKeyRights.newBuilder()
                .setId(key.id())
                .setUser(key.user())
                .setSecretHash(key.secretHash())
                .setExpires(key.expires().map(Instant::toEpochMilli).orElse(0L))
                .setLimited(key.limits().isPresent())
                .addAllLimits(key.limits().map(RightsWire::texts).orElse(List.of()))
                .build();
    }

    private static List<String> texts(Grants grants) {
        return grants.all().stream().map(Grant::toString).toList();
    }

    /**
     * Converts a message to rights.
     *
     * @throws IllegalArgumentException if it can't be what a manager has sent
     */
    public static org.craq.security.Rights toCore(Rights message) {
        Map<String, User> users = new HashMap<>();
        message.getUsersList()
                .forEach(user -> users.put(
                        user.getName(),
                        new User(
                                user.getName(),
                                user.getEnabled(),
                                Instant.ofEpochMilli(user.getTokensFrom()),
                                grants(user.getGrantsList()))));
        Map<String, AccessKey> keys = new HashMap<>();
        message.getKeysList()
                .forEach(key -> keys.put(
                        key.getId(),
                        new AccessKey(
                                key.getId(),
                                key.getUser(),
                                key.getSecretHash(),
                                key.getExpires() == 0
                                        ? Optional.empty()
                                        : Optional.of(Instant.ofEpochMilli(key.getExpires())),
                                key.getLimited() ? Optional.of(grants(key.getLimitsList())) : Optional.empty())));
        Map<String, PublicKey> signers = new HashMap<>();
        message.getSigningKeysList()
                .forEach(key -> signers.put(
                        key.getId(), Tokens.publicKey(key.getPublicKey().toByteArray())));
        return new org.craq.security.Rights(
                message.getVersion(),
                message.getCluster(),
                users,
                keys,
                signers,
                Set.copyOf(message.getRevokedTokensList()),
                message.getQuotasList().stream().map(RightsWire::toCore).toList());
    }

    private static Quota toCore(PrefixQuota quota) {
        return new Quota(
                quota.getPrefix(),
                quota.hasBytes() ? OptionalLong.of(quota.getBytes()) : OptionalLong.empty(),
                quota.hasVersions() ? OptionalLong.of(quota.getVersions()) : OptionalLong.empty());
    }

    private static Grants grants(List<String> texts) {
        return Grants.of(texts.stream().map(Grant::of).toList());
    }
}
