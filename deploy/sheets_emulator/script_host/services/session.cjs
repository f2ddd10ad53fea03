/** Session and User. https://developers.google.com/apps-script/reference/base/session */
class User {
  constructor(email) {
    this.email = email;
    this.nickname = email.split('@')[0];
  }

  getEmail() {
    return this.email;
  }
}

function makeSession(bridge) {
  const emailOr = (email) => {
    bridge.requireScope('userinfo.email');
    return new User(bridge.execution.restricted ? '' : email);
  };
  return {
    getActiveUser: () => emailOr(bridge.execution.activeUser),
    getEffectiveUser: () => emailOr(bridge.execution.effectiveUser),
    getScriptTimeZone: () => 'Etc/UTC',
    getActiveUserLocale: () => 'en',
    getTemporaryActiveUserKey: () => bridge.execution.activeUser,
  };
}

module.exports = { makeSession, User };
