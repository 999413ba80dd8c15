/**
 * The certificates by which servers and users of a cluster prove who they are: a CA and what it signs, in one folder of
 * PEM files. {@link org.craq.client.certs.CertificateFolder} makes and renews them, {@link
 * org.craq.client.certs.Inspection} finds what is wrong with them, {@link org.craq.client.certs.Export} packs what one
 * server or user needs.
 */
package org.craq.client.certs;
