package org.craq.client.certs;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;

/** Key pairs on the curve P-256, and the question whether two halves of any kind belong together. */
final class EcKeys {
    private static final String CURVE = "secp256r1";
    private static final int SAMPLE_BYTES = 32;
    private static final Map<String, String> SIGNATURES = Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");

    private EcKeys() {}

    static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no keys on the curve P-256", e);
        }
    }

    /** Returns true if what one key signs is verified by the other. */
    static boolean match(PublicKey open, PrivateKey secret) {
        byte[] sample = new byte[SAMPLE_BYTES];
        new SecureRandom().nextBytes(sample);
        try {
            Signature signature =
                    Signature.getInstance(SIGNATURES.getOrDefault(secret.getAlgorithm(), secret.getAlgorithm()));
            signature.initSign(secret);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(sample);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            return false; // the keys are of different kinds
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java can't sign with " + secret.getAlgorithm() + " keys", e);
        }
    }
}
