// The texts of a cooperative's members over time: key: [ar, fr, en]. `member_role_X` is the role X.
export const WORDS = {
  members_over_time: ["العضوات", "Adhérentes", "Members"],
  member_name: ["الاسم", "Nom", "Name"],
  represents: ["تمثل التعاونية", "représente la coopérative", "represents the cooperative"],
  member_role: ["الصفة", "Fonction", "Role"],
  member_role_president: ["رئيسة", "présidente", "president"],
  member_role_treasurer: ["أمينة المال", "trésorière", "treasurer"],
  member_role_member: ["عضوة", "adhérente", "member"],
  member_joined: ["انضمت في", "Entrée le", "Joined on"],
  member_left: ["غادرت في", "Partie le", "Left on"],
  member_still: ["ما زالت عضوة", "toujours adhérente", "still a member"],
};
