/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of users and groups come from /etc/passwd and /etc/group only. For anything else, such as
 * LDAP, a static program would load modules of this machine's C library, which crashes unless it is
 * the very version that it was built with. Without a name the number is shown. */
#include <nss.h>

__attribute__((constructor)) static void look_into_files_only(void) {
  __nss_configure_lookup("passwd", "files");
  __nss_configure_lookup("group", "files");
}
