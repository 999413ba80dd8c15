/**
 * The REST interface for users: files, transactions and resumable uploads (tus). It translates HTTP (RFC 9110: ranges, conditions,
 * digests, content types) to the operations of the packages {@code files} and {@code uploads}, and redirects or forwards writes to the
 * head of the chain. Begin with {@link org.craq.node.rest.FilesResource}.
 */
package org.craq.node.rest;
