package org.craq.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** An OpenID Connect issuer with keys of its own. */
final class Issuer {
    static final String NAME = "https://issuer.example/realms/craq";

    final JWK rsa;
    final JWK ec;

    Issuer(String kid) {
        try {
            rsa = new RSAKeyGenerator(2048).keyID(kid + "-rsa").generate();
            ec = new ECKeyGenerator(Curve.P_256).keyID(kid + "-ec").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its public keys. */
    String jwks() {
        return new JWKSet(List.of(rsa, ec)).toString(true);
    }

    /** Claims for cluster c that are valid for five minutes. */
    static JWTClaimsSet.Builder claims(Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(NAME)
                .audience(List.of("other", "c"))
                .subject("anna")
                .claim("groups", List.of("engineers", "/odd", "staff"))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)));
    }

    String token(JWTClaimsSet claims) {
        return token(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(rsa.getKeyID()).build(), rsa, claims.toString());
    }

    static String token(JWSHeader header, JWK key, String claims) {
        try {
            JWSObject object = new JWSObject(header, new Payload(claims));
            JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key, header.getAlgorithm());
            object.sign(signer);
            return object.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
